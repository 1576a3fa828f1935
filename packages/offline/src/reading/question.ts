import type { Query } from '../ranking/term-index.js';
import type { Vocabulary } from '../text/vocabulary.js';
import { wordsOf } from '../text/vocabulary.js';

/** Words of instructions that say nothing about the subject. */
const instructionWords = new Set(
  `answer answers asked asks ask brief briefing briefly busy careful carefully cite cites citation citations cited clear concise concisely content contents context data describe describes digest digests digested
description detail details document documents draft each evidence explain explains extract facts field fields file files find findings finding folder follow following found fill format given gives give
given headline heading help helpful idea ideas important input inputs instructions instruction item items json key keep know learn line list lists long main material matter matters minding mind mention
mentions objective output outputs overview page paragraph paragraphs people person plain please point points precise précis produce prompt provide provided question questions quote quotes quoted read
reader readers reading relevant reply report reports researcher respond response result results return returns say says section sections sentence sentences short show simple source sources statement
statements structure structured summaries summarise summarize summary summarizes summarises supplied task tell tells text texts thing things title together topic topics understand user word words work
works write writer writes writing written assistant agent you're editor analyst expert essential essentials overall good best fit fits actual actually really happen happens happened happening exist exists kind kinds does mean means different whole complete verbatim exactly exact
english contain contains containing about least takeaway takeaways conclusion conclusions draw drawn collection set using two three four five six ten one`.split(
    /\s+/,
  ),
);

/** What is asked, as text, and how far ranking should follow it. */
export interface Question {
  readonly text: string;
  /** 1 for a question, less for a task that only hints at its subject. */
  readonly strength: number;
}

const asked = /(?:^|\n)\s*(?:question|query|topic|subject)\s*[:：]\s*(.+)/i;

/** The question of a task: what is marked as one, a sentence that ends in "?", or else the task itself as a hint. */
export function questionIn(task: string): Question | undefined {
  const marked = asked.exec(task)?.[1];
  if (marked !== undefined) return { text: marked, strength: 1 };
  const quoted = /["“«]([^"“”«»]{8,300}\?)["”»]/.exec(task)?.[1];
  if (quoted !== undefined) return { text: quoted, strength: 1 };
  const sentences = task.match(/[^.!?\n]+\?/g);
  if (sentences !== null) return { text: sentences.join(' ').trim(), strength: 1 };
  return task.trim() === '' ? undefined : { text: task.slice(0, 2000), strength: 0.4 };
}

/** The subject of a question as weighted terms; empty when it has none ("What is this about?"). */
export function queryOf(question: Question | undefined, vocabulary: Vocabulary): Query {
  const query = new Map<number, number>();
  if (question === undefined) return query;
  for (const word of wordsOf(question.text)) {
    const term = vocabulary.term(word);
    if (term >= 0 && !instructionWords.has(word.toLowerCase())) query.set(term, question.strength);
  }
  return query;
}

/** Words of a task that name its subject, as they stand, without repetition. */
export function subjectWords(text: string, vocabulary: Vocabulary): readonly string[] {
  const words = new Map<number, string>();
  for (const word of wordsOf(text)) {
    const term = vocabulary.term(word);
    if (term >= 0 && !instructionWords.has(word.toLowerCase()) && !words.has(term)) words.set(term, word);
  }
  return [...words.values()];
}
