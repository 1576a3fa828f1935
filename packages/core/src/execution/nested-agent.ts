import { Subscription } from 'rxjs/internal/Subscription';
import type { NestedPlace } from '../generation/generation-scope.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Json } from '../schema/json.js';
import type { Attempt } from './attempt.js';

/** Runs an agent inside an attempt, as a tool does, and gives its output. It stops with the attempt, or with its place. */
export function runNestedAgent(
  attempt: Attempt,
  agent: AgentClass,
  inputs: readonly unknown[],
  { suffix, onStop }: NestedPlace,
): Promise<Json | undefined> {
  return new Promise((resolve, reject) => {
    attempt.assertOpen();
    const { run } = attempt;
    const subscription = new Subscription();
    let leaveQueue: (() => void) | undefined;
    const stop = (): void => {
      leaveQueue?.();
      subscription.unsubscribe();
      reject(run.overReason());
    };
    const forgets = [attempt.onClose(stop), onStop(stop)];
    const forget = (): void => {
      for (const one of forgets) one();
    };
    if (subscription.closed) return;
    // A wait inside the agent may have cost the node its slot: it goes on with one.
    const goOn = (then: () => void): void => {
      leaveQueue = run.execution.whenSlot(run.holder, () => {
        forget();
        then();
      });
    };
    subscription.add(
      run.nestedOutput(agent, inputs, { attempt, suffix }).subscribe({
        next: (output) => goOn(() => resolve(output as Json | undefined)),
        error: (error: unknown) => goOn(() => reject(error)),
      }),
    );
  });
}
