import { EspalierError } from '@espalier/core';

/** What runs on Restate cannot do yet is refused, before anything has been done. */
export const unsupported = (message: string, runId: string): EspalierError =>
  new EspalierError('restate-unsupported', message, { where: { runId } });
