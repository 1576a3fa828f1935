import { stemmer } from 'stemmer';
import {
  ces,
  dan,
  deu,
  ell,
  eng,
  fin,
  fra,
  hun,
  ita,
  nld,
  nob,
  pol,
  por,
  ron,
  rus,
  spa,
  swe,
  tur,
  ukr,
} from 'stopword';

const germanic = /(?:ern|en|er|es|em|e|n|s)$/;
const romance = /(?:es|as|os|s|x|e|a|o|i)$/;
const slavic = /(?:ами|ями|ов|ев|ах|ях|ам|ям|ой|ей|ий|ый|ая|ое|ые|ую|ом|ем|а|я|о|е|и|ы|у|ю|ь)$/;

/** Function words of each language, and the endings that its words lose where there is no stemmer. */
const languages: Readonly<Record<string, { readonly words: readonly string[]; readonly endings?: RegExp }>> = {
  eng: { words: eng },
  deu: { words: deu, endings: germanic },
  fra: { words: fra, endings: romance },
  spa: { words: spa, endings: romance },
  ita: { words: ita, endings: romance },
  por: { words: por, endings: romance },
  nld: { words: nld, endings: germanic },
  swe: { words: swe, endings: germanic },
  dan: { words: dan, endings: germanic },
  nob: { words: nob, endings: germanic },
  fin: { words: fin },
  rus: { words: rus, endings: slavic },
  ukr: { words: ukr, endings: slavic },
  pol: { words: pol },
  ces: { words: ces },
  ron: { words: ron, endings: romance },
  hun: { words: hun },
  tur: { words: tur },
  ell: { words: ell },
};

/** English words that carry no subject, on top of the library's list. */
const fillers =
  `it its itself they them their theirs we us our ours you your yours i me my mine he him his she her hers one ones this that these those there here what which who
whom whose where when why how whether if then else than so such thus hence per via yet still just even only own same other others another any some every each either neither
both all none no not nor do does did done doing don doesn didn won isn aren wasn can cannot could shall should will would may might must let lets be been being am is are was
were has have had having up down out off over under again further once more most much many few less least very too also however therefore within without between through during
before after above below into onto upon about against across toward towards until unless because while although though since etc eg ie vs e g get gets got go goes
use uses used using make makes made way ways thing things need needs want wants like well new first second last now ever always never`.split(
    /\s+/,
  );

/** What a language's function words are, and how its words are brought to a common form. */
export interface Language {
  readonly code: string;
  readonly stopWords: ReadonlySet<string>;
  /** The common form of a word in small letters: `barrages` and `barrage` are one term. */
  readonly stem: (word: string) => string;
}

/** The language whose function words a text uses most. English when none stands out. */
export function detectLanguage(text: string): Language {
  const words =
    text
      .slice(0, 20_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  let best = 'eng';
  let most = count(words, best);
  for (const code of Object.keys(languages)) {
    const hits = count(words, code);
    if (hits > most * 1.2) {
      best = code;
      most = hits;
    }
  }
  return { code: best, stopWords: wordsToSkip(best), stem: stemOf(best) };
}

/** Words shorter than this keep their ending: what would be left tells too little. */
const shortest = 4;

function stemOf(code: string): (word: string) => string {
  if (code === 'eng') return stemmer;
  const endings = languages[code]?.endings;
  return (word) => (endings === undefined || word.length < shortest ? word : word.replace(endings, ''));
}

function count(words: readonly string[], code: string): number {
  const set = wordsOf(code);
  let hits = 0;
  for (const word of words) if (set.has(word)) hits += 1;
  return hits;
}

const sets = new Map<string, ReadonlySet<string>>();

function wordsOf(code: string): ReadonlySet<string> {
  return kept(code, () => languages[code]?.words ?? []);
}

/** Function words of the language and of English, which is met in texts of all languages. */
function wordsToSkip(code: string): ReadonlySet<string> {
  return kept(`${code}+`, () => [...eng, ...fillers, ...wordsOf(code)]);
}

function kept(key: string, words: () => readonly string[]): ReadonlySet<string> {
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = new Set(words().map((word) => word.toLowerCase()));
  sets.set(key, made);
  return made;
}
