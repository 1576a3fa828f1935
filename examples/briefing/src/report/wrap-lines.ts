/** Breaks lines of Markdown between words, so that a terminal need not break them within. List items stay indented. */
export function wrapLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, Math.max(20, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns) return line;
  const mark = /^(?:> |- |\d+\. )?/.exec(line)?.[0] ?? '';
  const indent = mark === '> ' ? mark : ' '.repeat(mark.length);
  const lines: string[] = [];
  let current = mark;
  for (const word of line.slice(mark.length).split(' ')) {
    const isEmpty = current === mark || current === indent;
    if (!isEmpty && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = indent + word;
    } else current += isEmpty ? word : ` ${word}`;
  }
  return [...lines, current].join('\n');
}
