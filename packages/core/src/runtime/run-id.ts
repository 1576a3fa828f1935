import { describeValue, EspalierError } from '../errors/espalier-error.js';

/** @throws option-invalid unless it can be the id of a run: an argument of the command line may be missing, for example */
export function checkedRunId(runId: unknown, call: string): string {
  if (typeof runId === 'string' && runId !== '') return runId;
  throw new EspalierError('option-invalid', `${call}: expected the id of a run, got ${describeValue(runId)}.`, {
    hint: 'Give text that is not empty.',
  });
}
