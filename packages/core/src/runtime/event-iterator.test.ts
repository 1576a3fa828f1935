import { describe, expect, it } from '@jest/globals';
import { Observable, of, Subject, throwError } from 'rxjs';
import type { Event } from '../events/event.js';
import { iterateEvents } from './event-iterator.js';

const event = (seq: number): Event => ({ v: 1, runId: 'r1', seq, time: 0, type: 'run-suspend' });

async function all(events: AsyncIterable<Event>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

describe('iterateEvents', () => {
  it('gives what is there and what comes, in order, and ends', async () => {
    const live = new Subject<Event>();
    const reading = all(iterateEvents(live));
    await Promise.resolve();
    for (const seq of [0, 1, 2]) live.next(event(seq));
    live.complete();
    await expect(reading).resolves.toEqual([0, 1, 2]);
  });

  it('throws what the events end with, after all that came before', async () => {
    const iterator = iterateEvents(throwError(() => new Error('the store is gone')));
    await expect(all(iterator)).rejects.toThrow('the store is gone');
  });

  it('unsubscribes when the reader leaves', async () => {
    let open = 0;
    const endless = new Observable<Event>((subscriber) => {
      open += 1;
      subscriber.next(event(0));
      return () => {
        open -= 1;
      };
    });
    for await (const _ of iterateEvents(endless)) break;
    expect(open).toBe(0);
  });

  it('does not count what was on record before', async () => {
    await expect(
      all(iterateEvents(of(...Array.from({ length: 50 }, (_, seq) => event(seq))), 10)),
    ).resolves.toHaveLength(50);
  });

  it('tells a reader that falls too far behind, and stops listening', async () => {
    const live = new Subject<Event>();
    const iterator = iterateEvents(live, 3);
    const first = iterator.next();
    live.next(event(0));
    await first;
    for (const seq of [1, 2, 3, 4, 5]) live.next(event(seq));
    expect(live.observed).toBe(false);
    const rest = (async () => {
      const seen: number[] = [];
      for await (const { seq } of iterator) seen.push(seq);
      return seen;
    })();
    await expect(rest).rejects.toMatchObject({
      code: 'events-overflow',
      message: "A reader of run 'r1' is 3 events behind.",
    });
  });
});
