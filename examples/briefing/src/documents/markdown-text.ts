/** Pieces of Markdown whose marks are no words. In the order in which they are taken away. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^[ \t]*<h1\b[^<>\n]*>([^<>\n]{1,300})<\/h1>/gim, '# $1'],
  [/\[!\[[^\][]{0,300}\]\([^()]{0,600}\)\]\([^()]{0,600}\)/g, ''],
  [/!\[[^\][]{0,300}\](?:\([^()]{0,600}\)|\[[^\][]{0,300}\])/g, ''],
  [/\[([^\][]+)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"\n]*")?\)/g, '$1'],
  [/\[([^\][]+)\]\[[^\][]*\]/g, '$1'],
  [/\[\^[^\][\s]+\]/g, ''],
  [
    /<\/?(?:a|b|i|em|strong|p|div|span|img|br|sub|sup|kbd|center|details|summary|picture|source|h[1-6]|u|code)\b[^<>]*>/gi,
    '',
  ],
  [/(\*\*|__)(?=\S)([\s\S]{1,300}?\S)\1/g, '$2'],
  [/(?<![\w*])\*(?=[^\s*])([^*\n]{1,300}?[^\s*])\*(?![\w*])/g, '$1'],
  [/(?<![\w_])_(?=[^\s_])([^_\n]{1,300}?[^\s_])_(?![\w_])/g, '$1'],
];

/** What is left as it is: fenced blocks, indented code after an empty line, and code within a line. */
const code = /^(```+|~~~+)[\s\S]*?(?:^\1[`~]*[ \t]*$|(?![\s\S]))|(?<=\n\n)(?: {4}|\t).*|`[^`\n]+`/gm;

/**
 * Markdown without the marks of links, images, emphasis and inline HTML. The words, the headings and the lines stay
 * where they are, so a quote from it stands in the file word for word, at the same line.
 */
export function markdownText(markdown: string): string {
  const kept: string[] = [];
  const held = markdown.replace(code, (piece) => `\u0001${kept.push(piece) - 1}\u0001`);
  const plain = marks.reduce(
    (text, [pattern, by]) => text.replace(pattern, (...match) => replaced(match, by)),
    withoutComments(held),
  );
  return plain.replace(holder, (_, index) => kept[Number(index)] ?? '');
}

/** By search and not by pattern: a thousand comments that never end must not cost a thousand readings to the end. */
function withoutComments(text: string): string {
  let kept = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<!--', at);
    const end = start === -1 ? -1 : text.indexOf('-->', start + 4);
    if (end === -1) return kept + text.slice(at);
    kept += text.slice(at, start) + '\n'.repeat(breaks(text.slice(start, end)));
    at = end + 3;
  }
}

/** Stands for a piece of code meanwhile. Documents hold no control characters: decoding took them away. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const holder = /\u0001(\d+)\u0001/g;

/** The replacement, with as many line breaks as it replaces. */
function replaced(match: readonly unknown[], by: string): string {
  const whole = match[0] as string;
  const text = by.replace(/\$(\d)/, (_, group) => String(match[Number(group)] ?? ''));
  const missing = breaks(whole) - breaks(text);
  return text + '\n'.repeat(Math.max(0, missing));
}

const breaks = (text: string): number => text.split('\n').length - 1;
