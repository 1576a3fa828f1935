const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  single: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
};
const number = String.raw`\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a|an|single`;

/** Words that lead on to another noun: in "4 files with points", 4 is of files. */
const joining = String.raw`(?:with|of|in|for|and|or|from|per|to|on|by|as|each)\b`;

/** How many of something a text asks for: "3 to 5 key points", "at most four quotes", "two sentences". The upper number counts. */
export function countHint(text: string, nouns: string): number | undefined {
  const pattern = new RegExp(
    String.raw`\b(${number})(?:\s*(?:to|-|–|or)\s*(${number}))?[\s-]+(?:(?!${joining})[\w-]+\s+){0,2}?(?:${nouns})\b`,
    'i',
  );
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const asked = (match[2] ?? match[1] ?? '').toLowerCase();
  return numbers[asked] ?? (Number(asked) > 0 ? Number(asked) : undefined);
}

/** The range of a score that a text names: "from 0 to 10", "1-5", "percent". */
export function rangeHint(text: string): readonly [number, number] | undefined {
  const match = /(-?\d+(?:\.\d+)?)\s*(?:to|\.\.+|-|–|and)\s*(-?\d+(?:\.\d+)?)/.exec(text);
  if (match !== null && Number(match[1]) < Number(match[2])) return [Number(match[1]), Number(match[2])];
  const best = /\bout of (\d+)\b/i.exec(text);
  if (best !== null) return [0, Number(best[1])];
  return /\bpercent|%/i.test(text) ? [0, 100] : undefined;
}
