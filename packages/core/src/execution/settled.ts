import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { NodeRun } from './node-run.js';
import type { Settlement } from './settlement.js';

/** Records how the source came out, and only then emits it. Emits nothing when it is unsubscribed: it was cancelled. */
export function settled(run: NodeRun, source: ObservableType<unknown>): ObservableType<Settlement> {
  return new Observable((subscriber) => {
    let output: unknown;
    let open = true;
    const end = (status: 'completed' | 'failed', error: unknown): void => {
      open = false;
      run.execution.settle(run, status, output, error, subscriber);
    };
    const subscription = source.subscribe({
      next: (value) => {
        output = value;
      },
      error: (error: unknown) => end('failed', error),
      complete: () => end('completed', undefined),
    });
    return () => {
      subscription.unsubscribe();
      if (open) run.execution.noteCancelled(run);
    };
  });
}
