/** Start and end of a sentence, as offsets into its text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const terminator = /[.!?…]+["'”’»)\]*_`]*(?=\s|$)|[。！？।॥؟۔]+[」』”）]*/g;
/** A stretch without an end that is this long is no sentence: it is cut, so that the work stays linear. */
const longest = 2_000;
const germanMonths = /^\s*(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b/;
/** Words that a full stop behind does not end, without that stop. */
export const abbreviations: ReadonlySet<string> = new Set(
  'e.g i.e eg ie cf vs mr mrs ms dr prof st no nr fig figs eq sec ch vol pp p al inc ltd co corp jr sr approx resp ca z.b d.h bzw usw u.a v a.k.a dept est'.split(
    ' ',
  ),
);

/** Splits the text between two offsets into sentences. Abbreviations, initials, versions, code and brackets do not end one. */
export function sentenceRanges(text: string, from = 0, to = text.length): readonly Range[] {
  const block = text.slice(from, to);
  const ranges: Range[] = [];
  let start = 0;
  const push = (end: number): void => {
    const slice = block.slice(start, end);
    const trimmed = slice.trim();
    if (trimmed !== '') {
      const begin = start + slice.indexOf(trimmed);
      ranges.push({ start: from + begin, end: from + begin + trimmed.length });
    }
    start = end;
  };
  for (const match of block.matchAll(terminator)) {
    const end = match.index + match[0].length;
    if (match.index - start > longest || ends(block, start, match.index, end)) push(end);
  }
  push(block.length);
  return ranges;
}

function ends(block: string, start: number, mark: number, end: number): boolean {
  if (/[。！？।॥؟۔]/.test(block[mark] as string)) return true;
  const next = /^\s*(\S?)/.exec(block.slice(end, end + 40))?.[1] ?? '';
  if (next === '') return true;
  if (/\p{Ll}/u.test(next)) return false;
  const sentence = block.slice(start, mark);
  if (occurrences(sentence, '`') % 2 === 1) return false;
  if (occurrences(sentence, '(') > occurrences(sentence, ')') && !block.slice(mark, end).includes(')')) {
    const close = block.indexOf(')', end);
    if (close !== -1 && close - end < 200) return false;
  }
  if (block[mark] !== '.') return true;
  const word = /[\p{L}\p{N}.]*$/u.exec(sentence)?.[0] ?? '';
  if (/^\d+$/.test(word) && (sentence.trim() === word || germanMonths.test(block.slice(end, end + 20)))) return false;
  return !abbreviations.has(word.toLowerCase()) && !/^\p{L}$/u.test(word);
}

function occurrences(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) count += 1;
  return count;
}
