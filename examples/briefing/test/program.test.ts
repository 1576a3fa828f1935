import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { briefingOf, build, type Ended, folderOf, removeFolders, root, run, withoutTimes } from './run-program.js';

const tides = `# Tides

Tides are the rise and fall of the sea, caused by the **gravity** of the [moon](moon.md) and the sun. They turn twice a day
on most coasts.

## Power

A tidal barrage stores water behind a dam and releases it through turbines. It is not yet decided who pays for the barrage.
`;
const moon = `# The moon

The moon circles the earth once in 27 days. Its gravity raises two tides on the oceans of the earth.
`;

beforeAll(build, 120_000);
afterAll(removeFolders);

/** What may never be seen, whatever the input: a stack trace, or escape sequences in a pipe. */
function clean({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(/^\s+at .+:\d+/m);
  expect(stdout + stderr).not.toContain('\u001b');
  expect(stderr).not.toMatch(/\bundefined\b|\[object|NaN/);
}

describe('npm start', () => {
  it("briefs on this repository's own docs, and says that no language model was used", async () => {
    const ended = await run([]);
    clean(ended);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(`Briefing on ${join(root, 'docs')}`);
    expect(ended.stderr).toMatch(/^editor: done, /m);
    expect(ended.stdout).toContain('No language model was used');
    for (const title of ['## Summary', '## Key points', '## Sources', '## Documents', '## Left out'])
      expect(ended.stdout).toContain(`\n${title}\n`);
    const [, graph = '', times = ''] = ended.stdout.split(/\n## (?:The graph|Where the time went)\n/);
    expect(graph).toMatch(/^\n```mermaid\nflowchart TD\n[\s\S]*editor[\s\S]*\n```\n$/);
    expect(times).toMatch(/^\* digest ×\d+ +[\d.]+ m?s +\d+ % +\d+ +[\d.]+ m?s$/m);
    expect(times).toMatch(/the critical path:\n {2}survey → read → library → .*editor\n/);
  }, 60_000);

  it('quotes word for word, with the line that the quote stands in', async () => {
    const folder = folderOf({ 'README.md': tides, 'moon.md': moon });
    const { stdout } = await run([folder, '--question', 'How does a tidal barrage work?']);
    const sources = [...stdout.matchAll(/^- \[(\d+)\] (\S+), line (\d+)(?:, under "(.+?)")?: "(.+)"$/gm)];
    expect(sources.length).toBeGreaterThan(3);
    sources.forEach(([, number, path = '', line, , quote = ''], index) => {
      expect(Number(number)).toBe(index + 1);
      const lines = readFileSync(join(folder, path), 'utf8')
        .replace(/\*\*|\[(\w+)\]\([^)]*\)/g, '$1')
        .split('\n');
      const from = lines.slice(Number(line) - 1).join(' ');
      expect(from).toContain(quote);
      expect(lines[Number(line) - 1]).toContain(quote.slice(0, 12));
    });
    const cited = [...briefingOf(stdout).matchAll(/ \[(\d+)\](?:$| )/gm)].map(([, number]) => Number(number));
    expect(new Set(cited)).toEqual(new Set(sources.map((_, index) => index + 1)));
    expect(stdout).toMatch(/## Answer: How does a tidal barrage work\?\n\n> A tidal barrage stores water behind a dam/);
    expect(stdout).toContain('## Left open by the documents\n\n- Tides: It is not yet decided who pays');
  }, 60_000);

  it('says so when the documents do not answer', async () => {
    const folder = folderOf({ 'tides.md': tides, 'moon.md': moon });
    const { stdout, code } = await run([folder, '-q', 'Who invented the bicycle?']);
    expect(code).toBe(0);
    expect(stdout).toContain('The documents do not answer this');
  }, 60_000);

  it('gives the same briefing twice', async () => {
    const folder = folderOf({ 'a.md': tides, 'b/moon.md': moon, 'c.txt': 'Plain text is read too, as it is.' });
    const [first, second] = await Promise.all([
      run([folder, '-q', 'What raises tides?']),
      run([folder, '-q', 'What raises tides?', '--concurrency', '1']),
    ]);
    expect(withoutTimes(first.stdout)).toBe(withoutTimes(second.stdout));
    expect(withoutTimes(first.stdout)).toContain('# Briefing');
  }, 60_000);

  it('writes the briefing to --out, reads no report as its own source, and replaces it only with --force', async () => {
    const folder = folderOf({ 'tides.md': tides });
    const report = join(folder, 'report.md');
    expect((await run([folder, '--out', report])).code).toBe(0);
    const first = readFileSync(report, 'utf8');
    expect(first).toMatch(/^# Briefing: Tides\n/);
    const refused = await run([folder, '--out', report]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    expect((await run([folder, '--out', report, '--force'])).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toBe(first);
  }, 60_000);

  it('shows all options with --help', async () => {
    const { stdout, code } = await run(['--help']);
    expect(code).toBe(0);
    for (const flag of ['--question', '--out', '--force', '--max-files', '--max-file', '--max-total', '--concurrency'])
      expect(stdout).toContain(flag);
  }, 60_000);
});

describe('documents that are hard to read', () => {
  it('reads what it can, and says what it left out and why', async () => {
    const folder = folderOf({
      'tides.md': tides,
      'copy.md': tides,
      'empty.md': '',
      'blank.txt': ' \n\n',
      'picture.md': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 1, 2, 3]),
      'folder.md/moon.md': moon,
      'table.csv': 'a,b\n1,2\n',
      '.hidden/secret.md': '# Secret',
      'latin.txt': Buffer.from('Le café de la marée est fermé depuis longtemps.', 'latin1'),
      'page.html':
        '<html><head><title>Page</title></head><body><h1>Coast</h1><p>The coast is <b>long</b> &amp; wide, they say.</p></body></html>',
    });
    symlinkSync('nowhere', join(folder, 'dangling.md'));
    symlinkSync('.', join(folder, 'loop'));
    const ended = await run([folder]);
    clean(ended);
    expect(ended.code).toBe(0);
    const left = ended.stdout.slice(ended.stdout.indexOf('## Left out'));
    expect(left).toContain('- the same text as copy.md: tides.md');
    expect(left).toContain('- the file is empty: empty.md');
    expect(left).toContain('- it holds no text: blank.txt');
    expect(left).toContain('- its bytes are no text: picture.md');
    expect(left).toContain('- it is gone, or a link that leads nowhere: dangling.md');
    expect(left).toContain('- links to folders are not followed: loop');
    expect(left).toContain('- hidden folders are not entered: .hidden/');
    expect(left).toMatch(/- no document .*: table\.csv/);
    expect(ended.stdout).toContain('Le café de la marée est fermé depuis longtemps.');
    expect(ended.stdout).toContain('The coast is long & wide, they say.');
    expect(ended.stdout).toContain('(folder.md/moon.md, ');
  }, 60_000);

  it('reads the beginning of a file of 50 MB', async () => {
    const folder = folderOf();
    writeFileSync(
      join(folder, 'big.txt'),
      'The sea is wide, and the harbour is deep enough for ships.\n'.repeat(850_000),
    );
    const ended = await run([folder, '--max-file', '300KB']);
    clean(ended);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('- only the first 300 KB were read (--max-file): big.txt');
    expect(ended.stdout).toContain('The sea is wide, and the harbour is deep enough for ships. [1]');
  }, 60_000);

  it('takes a folder of 5,001 files, and tells which bound left the last one out', async () => {
    const folder = folderOf();
    for (let index = 0; index < 5001; index += 1)
      writeFileSync(
        join(folder, `note-${String(index).padStart(4, '0')}.md`),
        `# Note ${index}\n\nThis is what note ${index} says about the sea.\n`,
      );
    const ended = await run([folder]);
    clean(ended);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('5,000 documents');
    expect(ended.stdout).toContain('- over the bound of 5000 documents (--max-files): note-5000.md');
    expect(ended.stderr).toContain('read: 2500/5000');
  }, 120_000);
});

describe('wrong input', () => {
  const cases: readonly (readonly [string, (folder: string) => readonly string[], RegExp])[] = [
    ['a folder that is missing', (folder) => [join(folder, 'no')], /There is no folder .*no\.\nCheck the path/],
    ['a file', (folder) => [join(folder, 'tides.md')], /tides\.md is a file\.\nName the folder that it is in/],
    [
      'an empty folder',
      (folder) => [join(folder, 'empty')],
      /There is no document in .*empty\. .*\nThe folder is empty/,
    ],
    [
      'a folder of binary files',
      (folder) => [join(folder, 'bin')],
      /None of the files could be read\. .*\nThe first: a\.txt \(its bytes are no text\)/,
    ],
    [
      'a folder without documents',
      (folder) => [join(folder, 'code')],
      /There is no document in .*\nWhat is in it was left out; the first: a\.js/,
    ],
    ['an option that there is not', () => ['--qestion', 'a'], /There is no option --qestion\. Is --question meant\?/],
    ['an option without its value', () => ['--out'], /--out needs a value/],
    ['an empty question', () => ['--question', ' '], /--question is empty/],
    ['two folders', () => ['a', 'b'], /Expected one folder, got 2/],
    [
      'a bound that is no number',
      () => ['--max-files', 'many'],
      /--max-files: expected a whole number from 1 to 10000, got "many"/,
    ],
    ['a size that is none', () => ['--max-file', '2 parsecs'], /--max-file: expected a size such as 500KB/],
    [
      '--out into a missing folder',
      (folder) => [folder, '--out', join(folder, 'no/report.md')],
      /--out: there is no folder .*no\./,
    ],
    ['--out onto a folder', (folder) => [folder, '--out', folder], /--out: .* is a folder/],
  ];

  it('is told in words, with what to do, and exit code 2', async () => {
    const folder = folderOf({ 'tides.md': tides, 'bin/a.txt': Uint8Array.from([0, 1, 2, 3]), 'code/a.js': 'let a;' });
    mkdirSync(join(folder, 'empty'));
    for (const [name, args, message] of cases) {
      const ended = await run(args(folder));
      clean(ended);
      expect([name, ended.code, ended.stdout]).toEqual([name, 2, '']);
      expect(ended.stderr).toMatch(message);
    }
    expect(existsSync(join(folder, 'no'))).toBe(false);
  }, 120_000);
});

describe('Ctrl-C', () => {
  it('cancels the run, writes nothing and ends with 130', async () => {
    const folder = folderOf(
      Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [`${index}.md`, `${tides}\nNumber ${index} ends it.\n`]),
      ),
    );
    const report = join(folder, 'report.md');
    let sent = false;
    const ended = await run([folder, '--out', report], {
      onStderr(text) {
        if (sent || !text.includes('library: done')) return undefined;
        sent = true;
        return 'SIGINT';
      },
    });
    clean(ended);
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('Cancelled. Nothing was written.');
    expect(ended.stdout).toBe('');
    expect(existsSync(report)).toBe(false);
  }, 60_000);
});
