import type { Observable } from 'rxjs';
import { throwError } from 'rxjs/internal/observable/throwError';
import { EspalierError } from '../errors/espalier-error.js';
import type { ToolEnv } from '../generation/generation-scope.js';
import type { Attempt } from './attempt.js';

/** What policies on a tool may ask: attempts are the tool's own, and are not recorded one by one. */
export function toolEnv(attempt: Attempt, tool: string, inputs: readonly unknown[]): ToolEnv {
  const { run } = attempt;
  let attempts = 0;
  return {
    clock: run.execution.clock,
    random: () => run.random(),
    where: { runId: attempt.runId, class: tool }, // without the node: the messages of policies are about the tool
    attempt: () => attempts,
    retrying: () => {},
    shared: (key, create) => run.shared(key, create),
    inputs: () => inputs,
    began: () => {
      attempts += 1;
    },
    runAgent: (agent): Observable<unknown> =>
      throwError(
        () =>
          new EspalierError('decorator-conflict', `@Fallback(${agent.name}) stands on tool '${tool}'.`, {
            hint: 'Catch the error in the tool, or put @Fallback on the agent.',
          }),
      ),
  };
}
