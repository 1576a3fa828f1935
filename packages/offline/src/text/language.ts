import { dan, deu, eng, fin, fra, ita, nld, nob, por, spa, swe } from 'stopword';

const lists: Readonly<Record<string, readonly string[]>> = { eng, deu, fra, spa, ita, por, nld, swe, dan, nob, fin };

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

/** What a language's function words are, and whether words are stemmed (English only). */
export interface Language {
  readonly code: string;
  readonly stopWords: ReadonlySet<string>;
  readonly stems: boolean;
}

/** The language whose function words a text uses most. English when none stands out. */
export function detectLanguage(text: string): Language {
  const words =
    text
      .slice(0, 20_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  let best = 'eng';
  let bestCount = count(words, eng);
  for (const [code, list] of Object.entries(lists)) {
    const hits = count(words, list);
    if (hits > bestCount * 1.2) {
      best = code;
      bestCount = hits;
    }
  }
  return { code: best, stopWords: stopWordsOf(best), stems: best === 'eng' };
}

function count(words: readonly string[], list: readonly string[]): number {
  const set = new Set(list);
  let hits = 0;
  for (const word of words) if (set.has(word)) hits += 1;
  return hits;
}

const cache = new Map<string, ReadonlySet<string>>();

function stopWordsOf(code: string): ReadonlySet<string> {
  const known = cache.get(code);
  if (known !== undefined) return known;
  const made = new Set([...eng, ...fillers, ...(lists[code] ?? [])].map((word) => word.toLowerCase()));
  cache.set(code, made);
  return made;
}
