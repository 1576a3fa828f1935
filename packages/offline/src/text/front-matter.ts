/** Where the YAML between two `---` lines at the very start ends, and a byte order mark before it; 0 without either. */
export function frontMatterEnd(text: string): number {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  if (!/^\uFEFF?---[ \t]*\r?\n/.test(text)) return start;
  const close = /\n---[ \t]*(?:\r?\n|$)/.exec(text.slice(0, 10_000));
  return close === null ? start : close.index + close[0].length;
}
