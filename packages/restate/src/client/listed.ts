import { EspalierError, fitsFilter, type RunFilter, type RunSummary } from '@espalier/core';

/** Those that a filter asks for, in its order. Each that has not ended could go on at any time: nothing of it is `due` later. */
export function listed(runs: readonly RunSummary[], filter: RunFilter): readonly RunSummary[] {
  const { newest = false, after, limit } = filter;
  const ordered = [...runs].sort((one, other) => order(one, other) * (newest ? -1 : 1));
  const from = after === undefined ? 0 : ordered.findIndex(({ runId }) => runId === after) + 1;
  if (after !== undefined && from === 0) {
    throw new EspalierError('run-unknown', `There is no run '${after}' on this Restate server.`, {
      where: { runId: after },
    });
  }
  return ordered
    .slice(from)
    .filter((run) => fitsFilter(run, filter))
    .slice(0, limit);
}

const order = (one: RunSummary, other: RunSummary): number =>
  one.startedAt - other.startedAt || (one.runId < other.runId ? -1 : 1);
