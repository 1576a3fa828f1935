const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  copy: '©',
};

/** Stands for a stretch of inline code while the markup around it is removed. */
const held = '\uE000';

/** Symbols and pictures in front of the first word. */
export const ornaments = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F|[❯►•→\s])+/u;

/** Markdown or HTML as a person reads it: no link targets, no emphasis, no tags, one line. Inline code keeps its backticks. */
export function plainText(markup: string): string {
  const codes: string[] = [];
  const text = markup.replace(/(`+)(?!`)([^`]|(?!\1(?!`))`)*?\1(?!`)|\uE000/g, (code) => {
    codes.push(code === held ? '' : code);
    return held;
  });
  return withoutMarkup(text)
    .replace(/\uE000/g, () => codes.shift() ?? '')
    .replace(/\s+/g, ' ')
    .replace(/\s+([.,;:!?])(?=\s|$)/g, '$1')
    .trim();
}

function withoutMarkup(text: string): string {
  return withoutEmphasis(
    text
      .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?/g, '')
      .replace(/\[([^\][]*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
      .replace(/\[([^\]]*)\]\[[^\]]*\]/g, '$1')
      .replace(/\[(\uE000)\]/g, '$1')
      .replace(/\[\^[^\]]+\]:?/g, '')
      .replace(/<(https?:[^>\s]+)>/g, '$1')
      .replace(/<\/?[a-z][^<>]*>/gi, '')
      .replace(/^[ \t]*>[ \t]?/gm, ''),
  )
    .replace(/\\(?=\r?\n)/g, ' ')
    .replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1')
    .replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|([a-z]+));/gi, decoded)
    .replace(ornaments, '');
}

/** Only in pairs, and at the edges where a pair was cut in two: `2 * 3` and `snake_case` stay. */
function withoutEmphasis(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}*\\])(\*{1,3})(?=[^\s*"'”’])((?:[^*]|\\\*)*?[^\s*\\])\1(?!\*)/gu, '$2')
    .replace(
      /(?<![\p{L}\p{N}_\\])(_{1,3})(?=[^\s_])((?:[^_]|(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}]))*?[^\s_\\])\1(?![\p{L}\p{N}_])/gu,
      '$2',
    )
    .replace(/(?<![\p{L}\p{N}~])~~(?=\S)([^~]+)~~/gu, '$1')
    .replace(/^\s*\*{1,3}(?=[\p{L}\p{N}\uE000])|(?<=[\p{L}\p{N}.!?:\uE000])\*{2,3}\s*$/gu, '');
}

function decoded(whole: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code > 31 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
}
