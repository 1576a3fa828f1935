import type { Engine } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord } from '../events/event.js';
import type { RunFilter } from '../journal/run-filter.js';
import type { Json } from '../schema/json.js';
import { maskRecord } from '../sensitive/mask-record.js';
import { askedIn } from './asked-in.js';

/** Of which runs. What is not given does not matter. */
export type QuestionFilter = Pick<RunFilter, 'workflow' | 'parent' | 'newest'>;

/** Something that a run waits for an answer to. */
export interface OpenQuestion {
  readonly runId: string;
  readonly workflow: string;
  /** Path of the node that waits. */
  readonly node: string;
  /** What `espalier.signal` answers to. */
  readonly signal: string;
  /** What is asked, with sensitive data masked. Of an approval, the tool and its arguments. */
  readonly request?: Json;
  /** In milliseconds since the Unix epoch. */
  readonly askedAt: number;
  /** When nobody is waited for any more, in milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** The questions of all runs that have not ended, whoever holds them. Each run is read when it comes to it. */
export async function* openQuestions(engine: Engine, filter: QuestionFilter): AsyncGenerator<OpenQuestion, void> {
  const { workflow: of, parent, newest } = filter;
  const traits = {
    ...(of === undefined ? {} : { workflow: of }),
    ...(parent === undefined ? {} : { parent }),
    ...(newest === undefined ? {} : { newest }),
  };
  for (const { runId, workflow, damaged } of await engine.list({ ended: false, ...traits })) {
    if (damaged === true) continue;
    for (const asked of askedIn(await recordsOf(engine, runId))) {
      if ((await engine.answered(runId, asked.node, asked.step)) !== undefined) continue;
      const { node, signal, request, time, until } = maskRecord(asked);
      yield {
        ...{ runId, workflow, node, signal, askedAt: time },
        ...(request === undefined ? {} : { request }),
        ...(until === undefined ? {} : { until }),
      };
    }
  }
}

/** Nothing of a run that was deleted meanwhile, or whose records are damaged: that keeps nobody from the other runs. */
async function recordsOf(engine: Engine, runId: string): Promise<readonly JournalRecord[]> {
  try {
    return await engine.read(runId);
  } catch (error) {
    if (!EspalierError.is(error) || error.retryable) throw error;
    return [];
  }
}
