import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';

/** The error of a fork that cannot be made as asked. Nothing has been written. */
export const forkInvalid = (runId: string, problem: string, where: ErrorWhere = {}): EspalierError =>
  new EspalierError('fork-invalid', `fork('${runId}'): ${problem}.`, { where: { runId, ...where } });
