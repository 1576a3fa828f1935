import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { hasEnded, processPlace } from './process-place.js';

const here = processPlace();
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('hasEnded', () => {
  onLinux('tells of a process of this place that it has ended, and not before', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeout: 10_000 });
    await once(child, 'spawn');
    const { pid } = child;
    expect(hasEnded(here, pid)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(here, pid)).toBe(true);
    expect(hasEnded('another boot pid:[1]', pid)).toBe(false);
    expect(hasEnded(null, pid)).toBe(false);
  });

  it('never says so of a process that runs, or of nothing', () => {
    expect(hasEnded(here, process.pid)).toBe(false);
    expect(hasEnded(here, null)).toBe(false);
    expect(hasEnded(null, null)).toBe(false);
  });
});
