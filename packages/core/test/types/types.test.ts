import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const fixtures = join(import.meta.dirname, 'fixtures');
const root = join(import.meta.dirname, '../../../..');

/** An error at a place: as a marker expects it, or as the compiler reports it. */
interface Mark {
  readonly line: number;
  readonly text: string;
}

/** What every error of a decorator begins with; the line after it is the first that says something. */
const PREAMBLE = /^TS(1238|1239|1240|1241): .*$/;

/** The compiler's diagnostics by file. Only the first line of a message counts: it is what people read. */
function diagnostics(): ReadonlyMap<string, readonly Mark[]> {
  const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', fixtures, '--pretty', 'false'], {
    cwd: fixtures,
    encoding: 'utf8',
  });
  const found = new Map<string, Mark[]>();
  const rows = `${stdout}${stderr}`.split('\n');
  for (const [index, row] of rows.entries()) {
    if (row === '' || row.startsWith(' ')) continue;
    const [, file, line, text = ''] = /^(.+?)\((\d+),\d+\): error (.*)$/.exec(row) ?? [];
    if (file === undefined) throw new Error(`expected a diagnostic of the compiler, got: ${row}`);
    const first = PREAMBLE.test(text) ? (rows[index + 1] ?? '').trim() : text;
    found.set(file, [...(found.get(file) ?? []), { line: Number(line), text: first }]);
  }
  return found;
}

/** `// error: text` stands on the line above the one that must not compile. */
const markers = (source: string): readonly Mark[] =>
  source.split('\n').flatMap((row, index) => {
    const text = /^\s*\/\/ error: (.+)$/.exec(row)?.[1];
    return text === undefined ? [] : [{ line: index + 2, text }];
  });

describe('the compiler', () => {
  const reported = diagnostics();
  const files = readdirSync(fixtures).filter((file) => file.endsWith('.ts'));

  it('reports nothing outside the fixtures', () => {
    expect([...reported].filter(([file]) => !files.includes(file))).toEqual([]);
  });

  it.each(files)('accepts what is right in %s, and refuses what is wrong with a readable first line', (file) => {
    const expected = markers(readFileSync(join(fixtures, file), 'utf8'));
    const errors = reported.get(file) ?? [];
    const missing = expected.filter(
      ({ line, text }) => !errors.some((error) => error.line === line && error.text.includes(text)),
    );
    const surplus = errors.filter(({ line }) => !expected.some((marker) => marker.line === line));

    expect(expected.length).toBeGreaterThan(0);
    expect({ missing, surplus }).toEqual({ missing: [], surplus: [] });
  });
});
