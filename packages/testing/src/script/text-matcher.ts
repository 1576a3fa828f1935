/** A piece of the text, or a pattern. */
export type TextMatcher = string | RegExp;

export function matchesText(matcher: TextMatcher, text: string): boolean {
  if (typeof matcher === 'string') return text.includes(matcher);
  matcher.lastIndex = 0; // a pattern with the flag g remembers where it was
  return matcher.test(text);
}

export const writtenText = (matcher: TextMatcher): string =>
  typeof matcher === 'string' ? JSON.stringify(matcher) : String(matcher);

/** A text on one line, cut. */
export function shortened(text: string, limit = 160): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}… (${text.length} characters)`;
}

export const indented = (text: string, by = '  '): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${by}${line}`))
    .join('\n');
