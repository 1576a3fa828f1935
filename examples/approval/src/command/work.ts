import type { Desk } from '../desk.js';

/** Goes on with what other processes have left, until it is told to stop: at once on Ctrl-C, and when the machine is told to. */
export async function work({ espalier }: Desk): Promise<string> {
  process.stdout.write('working; Ctrl-C to stop\n');
  const keepAlive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  clearInterval(keepAlive);
  const parked = await espalier.drain({ timeout: '5s' });
  return parked.length === 0 ? 'stopped' : `stopped; left to others: ${parked.join(', ')}`;
}
