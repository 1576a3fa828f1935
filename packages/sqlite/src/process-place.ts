import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Where a process id means one process: this boot of this machine, and this namespace of ids (a container has its own).
 * Nothing where that cannot be told, as outside of Linux.
 */
export function processPlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Whether a process has surely ended. One that cannot be seen from here has not. */
export function hasEnded(place: unknown, pid: unknown): boolean {
  if (typeof place !== 'string' || typeof pid !== 'number' || place !== processPlace()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ESRCH';
  }
}
