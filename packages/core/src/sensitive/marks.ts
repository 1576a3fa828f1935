/** Part of a text that is sensitive. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** A JSON value in a JSON text that is no string: what stands for it must be one. */
  readonly json?: true;
}

/** Where a record holds sensitive data: a value, or ranges of a text. */
export interface Mark {
  readonly keys: readonly string[];
  readonly ranges?: readonly Range[];
}

/**
 * A mark as text: a JSON pointer, with the ranges of a text behind `#`. In keys `~`, `/` and `#` are `~0`, `~1` and `~2`.
 * @example
 * '/input/email', '/request/messages/1/content/0/text#120-136,200-216', '/arguments#10-12:json'
 */
export const formatMark = ({ keys, ranges }: Mark): string => markAt(pointerOf(keys), ranges);

/** The mark of what a pointer leads to. */
export function markAt(pointer: string, ranges: readonly Range[] | undefined): string {
  if (ranges === undefined) return pointer;
  return `${pointer}#${ranges.map(({ from, to, json }) => `${from}-${to}${json === true ? ':json' : ''}`).join(',')}`;
}

export function pointerOf(keys: readonly (string | number)[]): string {
  let pointer = '';
  for (const key of keys) pointer += `/${escaped(String(key))}`;
  return pointer;
}

const escaped = (key: string): string =>
  /[~/#]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('#', '~2') : key;

const unescaped = (key: string): string => key.replaceAll('~2', '#').replaceAll('~1', '/').replaceAll('~0', '~');

export function parseMark(mark: string): Mark {
  const [pointer = '', ranges] = mark.split('#');
  const keys = pointer.split('/').slice(1).map(unescaped);
  return ranges === undefined ? { keys } : { keys, ranges: ranges.split(',').map(parseRange) };
}

function parseRange(text: string): Range {
  const [span = '', kind] = text.split(':');
  const [from, to] = span.split('-').map(Number);
  return { from: from as number, to: to as number, ...(kind === 'json' ? { json: true } : {}) };
}

/** Ranges in their order; those that overlap become one. */
export function united(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from || b.to - a.to);
  const result: Range[] = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last === undefined || range.from >= last.to) result.push(range);
    else if (range.to > last.to) result[result.length - 1] = { from: last.from, to: range.to };
    else if (range.json === true && range.to === last.to && range.from === last.from) result[result.length - 1] = range;
  }
  return result;
}
