import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { build, run } from './program.js';

let folder: string;
beforeAll(build, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-approval-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const here = (...args: readonly string[]) => run(...args, '--folder', folder);

describe('npm run approval', () => {
  it('tells the story: killed twice, paid once', async () => {
    const { code, output } = await run();
    expect(output).toContain('refund-1: Refund 340.00 EUR to Mila Novak?');
    expect(output.match(/kill -9 \d+/g)).toHaveLength(2);
    expect(output).toContain('Dear Mila Novak, we have refunded 340.00 EUR for the espresso machine. Receipt: R-1.');
    expect(output).toContain('Ada');
    expect(output).toMatch(/\nPaid once: R-1, 340\.00 EUR\.\n$/);
    expect(code).toBe(0);
  }, 60_000);

  it('asks a person in one process and is answered from another', async () => {
    const asked = await here('request', 'A-1042', '--run', 'r1');
    expect(asked.output).toContain('r1: Refund 340.00 EUR to Mila Novak?');
    expect((await here('waiting')).output).toContain('r1: Refund 340.00 EUR to Mila Novak?');
    const answered = await here('reject', 'r1', '--by', 'Ada', '--reason', 'it was used for a year');
    expect(answered.output).toBe(
      'Recorded: rejected by Ada. The run goes on.\n' +
        'Dear Mila Novak, we cannot refund the espresso machine. Reason: it was used for a year.\n',
    );
    expect((await here('waiting')).output).toBe('Nothing waits.\n');
    expect(await here('approve', 'r1', '--by', 'Ben')).toMatchObject({
      code: 1,
      output: expect.stringContaining("'decision' of run 'r1' has been answered already; the first answer counts."),
    });
    expect((await here('audit', 'r1')).output).toContain('Ada');
  }, 60_000);

  it('asks nobody about a small amount', async () => {
    expect(await here('request', 'A-1043')).toEqual({
      code: 0,
      output: 'Dear Jon Berg, we have refunded 12.00 EUR for the coffee cup. Receipt: R-1.\n',
    });
  }, 60_000);

  it.each([
    [['request', 'A-9'], 1, "There is no order 'A-9'."],
    [['request', 'espresso'], 1, 'order must be an order number, such as A-1042'],
    [['request'], 2, 'request needs a ORDER'],
    [['approve', 'r1'], 2, 'approve needs --by: who decides goes on record.'],
    [['approve', 'r1', '--by', 'Ada'], 1, "There is no run 'r1'"],
    [['refund'], 2, "There is no command 'refund'."],
    [['work', '--bank-takes', 'long'], 2, "--bank-takes: expected milliseconds, got 'long'."],
  ])(
    '%j is told what is wrong',
    async (args, code, message) => {
      const ended = await here(...args);
      expect(ended.output).toContain(message);
      expect(ended.output).not.toContain('    at ');
      expect(ended.code).toBe(code);
    },
    60_000,
  );
});
