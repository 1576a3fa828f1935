/** Above so many pairs of lines, what differs is shown as it stands, not compared. */
const MOST_PAIRS = 4_000_000;
const CONTEXT = 2;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * What differs between two texts, line by line: lines of the first with `-`, of the second with `+`, and two lines
 * around each difference. Empty where they are equal.
 * @param limit how many lines are shown at most
 */
export function diffLines(before: string, after: string, limit = 60): string {
  const lines = compare(before.split('\n'), after.split('\n'));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  const shown: string[] = [];
  lines.forEach(({ sign, text }, index) => {
    if (near[index] === true) shown.push(`${sign} ${text}`.trimEnd());
    else if (near[index - 1] === true && near.includes(true, index)) shown.push('  …');
  });
  const more = shown.length - limit;
  return (more > 0 ? [...shown.slice(0, limit), `  … ${more} more lines`] : shown).join('\n');
}

function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** The longest common subsequence, by the usual table. */
function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ sign: '-', text });
  const added = (text: string): Line => ({ sign: '+', text });
  const width = after.length + 1;
  if (before.length * width > MOST_PAIRS) return [...before.map(removed), ...after.map(added)];
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] as number;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] as string });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(removed(before[i++] as string));
    else lines.push(added(after[j++] as string));
  }
  return [...lines, ...before.slice(i).map(removed), ...after.slice(j).map(added)];
}
