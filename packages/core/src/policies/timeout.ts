import type { Observable as ObservableType, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { Clock } from '../clock/clock.js';
import { type Duration, milliseconds } from '../clock/duration.js';
import { systemClock } from '../clock/system-clock.js';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

/**
 * Ends an attempt that takes longer, and aborts what it is doing.
 * @param duration of one attempt: retries and the pauses between them are not in it
 * @throws timeout (retryable)
 * @example \@Timeout('60s')
 */
export function Timeout(duration: Duration): PolicyDecorator {
  return recordPolicy(timeoutPolicy(duration));
}

export function timeoutPolicy(duration: Duration): Policy {
  const delay = milliseconds(duration, '@Timeout');
  return Object.freeze<Policy>({
    kind: 'timeout',
    options: { duration: delay },
    apply: (source, env) => limited(source, delay, env.clock, env.where),
    bound: (inner) => ({ ...inner, wallTime: Math.min(inner.wallTime, delay) }),
  });
}

/**
 * RxJS operator: fails with `timeout`, and unsubscribes, when the source has not completed in time.
 * @example source$.pipe(withTimeout('2s'))
 */
export function withTimeout<T>(duration: Duration, clock: Clock = systemClock): OperatorFunction<T, T> {
  const delay = milliseconds(duration, 'withTimeout');
  return (source) => limited(source, delay, clock, {});
}

function limited<T>(source: ObservableType<T>, delay: number, clock: Clock, where: ErrorWhere): ObservableType<T> {
  return new Observable<T>((subscriber) => {
    const cancel = clock.setTimer(delay, () => subscriber.error(tooLong(delay, where)));
    subscriber.add(cancel);
    return source.subscribe(subscriber);
  });
}

function tooLong(delay: number, where: ErrorWhere): EspalierError {
  const what = where.node === undefined ? (where.class ?? 'The source') : `Node '${where.node}'`;
  return new EspalierError('timeout', `${what} took longer than ${delay} ms.`, { where, details: { timeout: delay } });
}
