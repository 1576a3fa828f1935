import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { drivers } from '../drivers.js';
import { newFile } from '../new-file.js';
import type { FullDiskReport } from './program.js';

jest.setTimeout(60_000);

const program = join(import.meta.dirname, '../../../../node_modules/.cache/espalier-crash/program.mjs');

const shell = (script: string, ...values: readonly string[]) =>
  spawnSync('bash', ['-c', script, 'bash', ...values], { encoding: 'utf8', timeout: 50_000 });

/** A file system of 1 MB of its own, which only this process sees; half of it is taken. */
const SMALL_DISK = `
  folder=$1; shift
  mount -t tmpfs -o size=1m tmpfs "$folder" && head -c 500000 /dev/zero > "$folder/ballast" && exec "$@"
`;
const mounts = shell('unshare --user --map-root-user --mount true').status === 0;

describe.each(drivers)('a disk that becomes full, on %s', (driver) => {
  beforeAll(() => {
    const bundled = spawnSync(process.execPath, [join(import.meta.dirname, 'bundle-program.mjs')], {
      encoding: 'utf8',
    });
    if (bundled.status !== 0) throw new Error(bundled.stderr);
  });

  const report = ({ stdout, stderr, status }: ReturnType<typeof shell>): FullDiskReport => {
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return JSON.parse(stdout) as FullDiskReport;
  };

  /** The run has failed, and nothing is lost: it goes on after what is on record, and its chain is whole. */
  function expectNothingLost({ code, other, kept, found, effects, output, faults }: FullDiskReport): void {
    expect([code, other]).toEqual(['store-failed', 'store-failed']);
    expect(kept).toBeGreaterThan(10);
    expect(found).toBe(kept);
    expect(effects).toHaveLength(400);
    expect(effects.filter((times) => times > 1).length).toBeLessThanOrEqual(1); // the one that was under way
    expect(output).toBe(400 * 3000);
    expect(faults).toEqual([]);
  }

  (mounts ? it : it.skip)('loses nothing: a file system without space (where one can be mounted)', () => {
    const file = newFile();
    const folder = dirname(file);
    const free = `rm ${folder}/ballast && mount -o remount,size=64m ${folder}`;
    const given = report(
      shell(
        `unshare --user --map-root-user --mount bash -c '${SMALL_DISK}' bash "$@"`,
        ...[folder, process.execPath, program, file, driver, free],
      ),
    );
    expectNothingLost(given);
    expect(given.hint).toMatch(/Free space on the disk/);
  });

  (process.platform === 'linux' ? it : it.skip)('loses nothing: files that may not grow any more', () => {
    // Of the system, not of SQLite: each write behind 600 blocks of 1024 bytes fails with EFBIG.
    const free = 'prlimit --pid $PPID --fsize=unlimited:';
    const run = 'ulimit -S -f 600; exec "$@"';
    const given = report(shell(run, process.execPath, program, newFile(), driver, free));
    expectNothingLost(given);
    expect(given.hint).toMatch(/Look at the disk|Free space/);
  });
});
