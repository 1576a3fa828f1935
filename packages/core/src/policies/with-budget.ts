import type { OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { createOperatorSubscriber } from 'rxjs/internal/operators/OperatorSubscriber';
import type { Amounts, BudgetLedger } from './budget-ledger.js';

/**
 * RxJS operator: reserves before the source is subscribed to, charges what was used when it completes, and gives the
 * reservation back when it fails or is cancelled.
 * @param options.reserve the most that one subscription may use
 * @param options.used what the last value says was used. @default what was reserved
 * @throws budget-exceeded through the observable, before the source starts
 * @example source$.pipe(withBudget({ ledger, reserve: { tokens: 500 }, used: (answer) => ({ tokens: answer.tokens }) }))
 */
export function withBudget<T>(options: {
  readonly ledger: BudgetLedger;
  readonly reserve: Amounts;
  readonly used?: (value: T) => Amounts;
}): OperatorFunction<T, T> {
  const { ledger, reserve, used = () => reserve } = options;
  return (source) =>
    new Observable<T>((subscriber) => {
      const reservation = ledger.reserve(reserve); // a throw here becomes the observable's error
      let actual: Amounts = reserve;
      subscriber.add(() => reservation.release());
      const next = (value: T): void => {
        actual = used(value);
        subscriber.next(value);
      };
      const complete = (): void => {
        reservation.settle(actual);
        subscriber.complete();
      };
      // Released before the error goes on: who tries again at once finds it free.
      const error = (cause: unknown): void => {
        reservation.release();
        subscriber.error(cause);
      };
      source.subscribe(createOperatorSubscriber(subscriber, next, complete, error));
    });
}
