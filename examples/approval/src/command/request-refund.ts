import type { Desk } from '../desk.js';
import { questionText } from './question-text.js';

export interface Asked {
  /** Who asks. */
  readonly by: string | undefined;
  /** Id of the new run. @default a random one */
  readonly run: string | undefined;
}

/** Begins a refund, and stays until it has ended or waits for a person. */
export async function requestRefund({ espalier }: Desk, order: string, { by, run: runId }: Asked): Promise<string> {
  const { refund } = await import('../workflow.js');
  const identity = { name: by ?? 'the customer' };
  const run = espalier.start(refund, { order }, { identity, ...(runId === undefined ? {} : { runId }) });
  const rests = new Promise<undefined>((resolve) => {
    run.events$.subscribe({ next: ({ type }) => type === 'run-suspend' && resolve(undefined), error: () => {} });
  });
  const reply = await Promise.race([run.result, rests]);
  if (reply !== undefined) return reply;
  run.result.catch(() => {}); // it goes on elsewhere
  const [suspension] = run.suspensions;
  return `${questionText(run.id, suspension?.request)}\nIt waits: npm run approval -- approve ${run.id} --by "your name"`;
}
