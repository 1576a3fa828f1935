import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { deserializeError, type SerializedError } from '../errors/espalier-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Policy } from '../policies/policy.js';
import type { Conclusion } from './recorded-path.js';
import type { ReplayAttempts } from './replay-attempts.js';

/**
 * Stands for all policies of a node in a replay. What they decided is on record: how often it was tried, when it was cut
 * off, and when another agent took its place. So the attempts on record are made, and each is held against how it came out.
 */
export function replayPolicy(attempts: ReplayAttempts, fallback: AgentClass | undefined): Policy {
  return {
    kind: 'retry',
    options: {},
    apply: (source, env) =>
      new Observable((subscriber) => {
        const path = env.where.node as string;
        const attempt = (): void => {
          const number = env.attempt() + 1;
          if (!attempts.begins(path, number)) return;
          let value: unknown;
          let open = true;
          const making = new Subscription();
          subscriber.add(making);
          const over = (): boolean => {
            if (!open) return false;
            open = false;
            queueMicrotask(() => making.unsubscribe()); // it may have come out before `subscribe` returned
            return true;
          };
          const failWith = (conclusion: Conclusion): void => {
            if (over()) goOn(conclusion);
          };
          attempts.making(path, number, failWith);
          making.add(
            source.subscribe({
              next: (output) => {
                value = output;
              },
              complete: () => {
                const conclusion = open ? attempts.completed(path, number) : undefined;
                if (conclusion === undefined || !over()) return;
                if (conclusion !== 'completed') return goOn(conclusion);
                subscriber.next(value);
                subscriber.complete();
              },
              error: (error: unknown) => {
                const conclusion = open ? attempts.failed(path, number, error) : undefined;
                if (conclusion !== undefined && over()) goOn(conclusion);
              },
            }),
          );
        };
        const goOn = (conclusion: Conclusion): void => {
          const error = deserializeError(conclusion.error as SerializedError);
          if (conclusion.type === 'node-retry') {
            env.retrying(error, conclusion.delay);
            queueMicrotask(attempt); // attempts do not nest
          } else if (conclusion.type === 'node-fallback' && fallback !== undefined) {
            subscriber.add(env.runAgent(fallback, error).subscribe(subscriber));
          } else subscriber.error(error);
        };
        attempt();
      }),
  };
}
