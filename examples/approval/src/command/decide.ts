import type { Desk } from '../desk.js';
import { endOf } from '../history.js';

export interface Choice {
  readonly approved: boolean;
  readonly by: string;
  readonly reason: string | undefined;
}

/** How long it waits to see what comes of the decision, in milliseconds. */
const patience = 20_000;

/** Answers a run, wherever it is: a process that holds it is asked, and a run that nobody holds goes on here. */
export async function decide({ espalier }: Desk, runId: string, { approved, by, reason }: Choice): Promise<string> {
  const verdict = { approved, ...(reason === undefined ? {} : { reason }) };
  await espalier.signal(runId, 'decision', verdict, { by: { name: by } });
  console.log(`Recorded: ${approved ? 'approved' : 'rejected'} by ${by}. The run goes on.`);
  const end = await endOf(espalier, runId, patience);
  if (end === undefined) return `It has not ended yet. See \`audit ${runId}\` later.`;
  return end.status === 'completed' ? String(end.output) : `${runId} ended ${end.status}: ${end.error?.message}`;
}
