const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
/** These end no sentence, and neither does what goes on in small letters or with a digit: "v1.2". */
const abbreviation = /\b(?:e\.g|i\.e|vs|cf|etc|approx|no|fig)\.\s*$/i;
const goesOn = /^[\p{Ll}\d]/u;

/** The sentences of a text, in order. */
export function sentencesOf(text: string): readonly string[] {
  return [...sentences(text)];
}

/** The first sentence of a text; empty if it has none. */
export function firstSentence(text: string): string {
  return sentences(text.slice(0, 1000)).next().value ?? '';
}

function* sentences(text: string): Generator<string, undefined, undefined> {
  let sentence = '';
  for (const segment of segmentsOf(text.replace(/\s+/g, ' '))) {
    if (sentence.trim() !== '' && !abbreviation.test(sentence) && !goesOn.test(segment)) {
      yield sentence.trim();
      sentence = '';
    }
    sentence += segment;
  }
  if (sentence.trim() !== '') yield sentence.trim();
}

/** The segmenter sees no end before a sentence that begins with code: "It ends. `run` begins." */
function* segmentsOf(text: string): Generator<string, undefined, undefined> {
  for (const { segment } of segmenter.segment(text)) yield* segment.split(/(?<=[.!?] )(?=`)/);
}
