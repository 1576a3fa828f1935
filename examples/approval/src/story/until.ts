import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until something is so. @throws where it takes longer than half a minute */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(10)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`The story stops here: ${what} did not come in 30 s.`);
}
