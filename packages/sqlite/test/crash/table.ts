import type { Row } from './matrix.js';

const COLUMNS = ['workflow', 'writes', 'cases', 'kills', 'calls', 'made again', 'of those on record', 'same'] as const;

/** Rows as a Markdown table, with their sum. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(cellsOf);
  const total = (amount: (row: Row) => number): number => rows.reduce((sum, row) => sum + amount(row), 0);
  const all: Row = {
    workflow: 'all',
    writes: total(({ writes }) => writes),
    cases: total(({ cases }) => cases),
    kills: total(({ kills }) => kills),
    effects: total(({ effects }) => effects),
    repeated: total(({ repeated }) => repeated),
    repeatedOnRecord: total(({ repeatedOnRecord }) => repeatedOnRecord),
    sameResult: total(({ sameResult }) => sameResult),
    problems: [],
  };
  const text = [COLUMNS, ...lines, cellsOf(all)];
  const widths = COLUMNS.map((_, at) => Math.max(...text.map((cells) => String(cells[at]).length)));
  const line = (cells: readonly unknown[]): string =>
    `| ${cells.map((cell, at) => pad(String(cell), widths[at] as number, at)).join(' | ')} |`;
  const rule = line(widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  const [head, ...body] = text;
  return [line(head as readonly unknown[]), rule, ...body.map(line)].join('\n');
}

const pad = (text: string, width: number, at: number): string => (at === 0 ? text.padEnd(width) : text.padStart(width));

const cellsOf = (row: Row): readonly unknown[] => [
  ...[row.workflow, row.writes, row.cases, row.kills, row.effects, row.repeated, row.repeatedOnRecord],
  `${row.sameResult} of ${row.cases}`,
];
