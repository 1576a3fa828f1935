import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { EspalierError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import type { RepeatDeclaration } from '../metadata/agent-metadata.js';
import { conditionFailed } from './condition-failed.js';
import type { NodeRun } from './node-run.js';
import { OpenRuns } from './open-runs.js';
import { PlainRun } from './plain-run.js';
import { settled } from './settled.js';
import type { Settlement } from './settlement.js';

/**
 * Runs a node again until its output will do. Every iteration is a run of its own, with path `node@2`, its own
 * attempts and its own records; it sees the writes of the iterations before it.
 */
export function repeated(run: NodeRun, repeat: RepeatDeclaration): ObservableType<Settlement> {
  const writes: StateWrite[] = [];
  run.collected = writes;
  const ctx = { input: run.execution.input };
  return settled(
    run,
    new Observable((subscriber) => {
      const open = new OpenRuns();
      const subscription = new Subscription(() => open.stopAll());
      let iteration = 0;
      let previous: unknown;
      let looping = false;
      let again = true;

      const decide = (settlement: Settlement): void => {
        if (settlement.status === 'failed') {
          subscriber.error(settlement.error);
          return;
        }
        previous = settlement.output;
        if (settlement.writes.length > 0) writes.push(...settlement.writes);
        let done: boolean;
        try {
          done = repeat.until(previous, ctx);
        } catch (error) {
          subscriber.error(conditionFailed(run.path, '@Repeat({ until })', error));
          return;
        }
        if (!done && iteration < repeat.max) {
          loop();
        } else if (done || repeat.otherwise === 'keep-last') {
          subscriber.next(previous);
          subscriber.complete();
        } else {
          subscriber.error(exhausted(run, repeat.max));
        }
      };

      const next = (): void => {
        iteration += 1;
        const one = run.iteration(iteration, previous, run.frontierAfter(writes));
        if (one.isPlain) {
          new PlainRun(one, decide, open).begin();
          return;
        }
        subscription.add(
          one.settlement().subscribe({ next: decide, error: (error: unknown) => subscriber.error(error) }),
        );
      };

      // Iterations that come out at once would recurse: the outermost call loops for all of them.
      const loop = (): void => {
        again = true;
        if (looping) return;
        looping = true;
        while (again && !subscriber.closed) {
          again = false;
          next();
        }
        looping = false;
      };

      loop();
      return subscription;
    }),
  );
}

const exhausted = (run: NodeRun, max: number): EspalierError =>
  new EspalierError('repeat-exhausted', `Node '${run.path}' ran ${max} times and its condition still does not hold.`, {
    hint: `Raise \`max\`, loosen \`until\`, or write @Repeat({ otherwise: 'keep-last' }) to go on with the last output.`,
    where: { node: run.path, class: run.compiled.agent.definition.className },
  });
