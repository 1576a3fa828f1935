import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

describe('chatModelConformance under node:test', () => {
  it('reports what passed, failed and was skipped', () => {
    const fixture = join(import.meta.dirname, 'fixtures/node-test.mjs');
    const args = ['--test', '--test-reporter=tap', fixture];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    const count = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);

    expect(stdout).toMatch(/^ *ok \d+ - answers a question, in plain data \(stream\)$/m);
    expect(stdout).toMatch(/^ *not ok \d+ - sends documents$/m);
    expect(stdout).toMatch(/^ *ok \d+ - sends settings \(not looked at\) # SKIP/m);
    expect([count('pass'), count('fail'), status]).toEqual([10, 3, 1]);
    expect(count('skipped')).toBeGreaterThan(100);
  }, 40_000);
});
