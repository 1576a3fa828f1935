import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build, folderOf, node, program, removeFolders, root, withoutKeys } from './run-program.js';
import { Screen } from './screen.js';

type Pty = typeof import('@lydell/node-pty');

/** The pseudo-terminal has a binary for each platform; where there is none, these tests are skipped and say so. */
const pty: Pty | undefined = await import('@lydell/node-pty').then(
  (module) => (module as unknown as { default?: Pty }).default ?? module,
  () => undefined,
);
const onTerminal = pty === undefined ? describe.skip : describe;
const agents = [
  'survey',
  'read',
  'library',
  'reading-order',
  'digest',
  'outline',
  'abstracts',
  'summary',
  'question',
  'answer',
  'key-points',
  'open-points',
  'editor',
];

interface Shown {
  readonly screen: Screen;
  readonly code: number;
}

function show(args: readonly string[], columns: number, rows: number, interruptAt?: RegExp): Promise<Shown> {
  const env = Object.fromEntries(
    Object.entries(withoutKeys(process.env)).filter(([name]) => name !== 'CI' && name !== 'NO_COLOR'),
  );
  const terminal = (pty as Pty).spawn(node, [program, ...args], {
    cols: columns,
    rows,
    cwd: root,
    env: { ...env, TERM: 'xterm-256color' },
  });
  const screen = new Screen(columns, rows);
  let interrupted = false;
  return new Promise((end) => {
    terminal.onData((data) => {
      screen.write(data);
      if (!interrupted && interruptAt?.test(screen.visible()) === true) {
        interrupted = true;
        terminal.write('\u0003');
      }
    });
    terminal.onExit(({ exitCode }) => end({ screen, code: exitCode }));
  });
}

const documents = (count: number, sentences = 30) =>
  folderOf(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `${index}.md`,
        `# Note ${index}\n\n${`The sea is wide on day ${index} of the year. `.repeat(sentences)}`,
      ]),
    ),
  );

if (pty === undefined)
  process.stderr.write('The tests in a pseudo-terminal are skipped: @lydell/node-pty has no binary here.\n');

onTerminal('in a terminal', () => {
  beforeAll(build, 120_000);
  afterAll(removeFolders);

  it('shows one line for each agent, redraws them in place, and leaves them as they ended', async () => {
    const { screen, code } = await show([documents(300)], 80, 24);
    expect(code).toBe(0);
    expect(screen.cursorHidden).toBe(false);
    const text = screen.text();
    for (const agent of agents) expect(text.match(new RegExp(`^[✓○] ${agent} `, 'gm'))).toHaveLength(1);
    expect(text).toMatch(/^✓ digest +done +[\d.:]+ m?s +300\/300, 300 model calls$/m);
    expect(text).toMatch(/^○ answer +skipped +@When\(question\) does not hold$/m);
    expect(text.match(/^Briefing on /gm)).toHaveLength(1);
    expect(screen.frames.some((frame) => /▸ digest +running .* \d+\/300/.test(frame))).toBe(true);
    for (const agent of agents.filter((name) => name !== 'answer'))
      expect(screen.frames.some((frame) => frame.includes(`▸ ${agent} `))).toBe(true);
    expect(text).toContain('# Briefing: ');
  }, 60_000);

  it('fits a small window while it runs, and shows every agent when it is over', async () => {
    const { screen, code } = await show([documents(300), '--question', 'How wide is the sea?'], 40, 8);
    expect(code).toBe(0);
    const running = screen.frames.filter((frame) => frame.includes('▸'));
    expect(running.length).toBeGreaterThan(0);
    for (const frame of running) expect(frame.split('\n').length).toBeLessThanOrEqual(8);
    expect(running.some((frame) => /and \d+ more agents/.test(frame))).toBe(true);
    for (const agent of agents) expect(screen.text()).toMatch(new RegExp(`^✓ ${agent} `, 'm'));
  }, 60_000);

  it('cancels on Ctrl-C and gives the cursor back', async () => {
    // Work for many seconds, so that the signal never comes too late; it costs what is done until it comes.
    const { screen, code } = await show([documents(16, 30_000)], 80, 24, /▸ digest/);
    expect(code).toBe(130);
    expect(screen.cursorHidden).toBe(false);
    expect(screen.text()).toMatch(/^– digest +cancelled/m);
    expect(screen.text()).toContain('Cancelled. Nothing was written.');
    expect(screen.text()).not.toContain('# Briefing: ');
  }, 60_000);
});
