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

  it('I2 does not count what comes at once, later, while the reader waits: a store may take its time to read', async () => {
    const live = new Subject<Event>();
    const reading = all(iterateEvents(live, 10));
    for (const batch of [0, 1]) {
      await new Promise((resolve) => setImmediate(resolve));
      for (let seq = 0; seq < 50; seq++) live.next(event(batch * 50 + seq));
    }
    live.complete();
    await expect(reading).resolves.toEqual(Array.from({ length: 100 }, (_, seq) => seq));
  });

  it('I3 ends what waits when the reader leaves, whatever the events do', async () => {
    const live = new Subject<Event>();
    const iterator = iterateEvents(live);
    const waiting = [iterator.next(), iterator.next()];
    await expect(iterator.return?.()).resolves.toEqual({ done: true, value: undefined });
    await expect(Promise.all(waiting)).resolves.toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(live.observed).toBe(false);
    await expect(iterator.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('gives calls that wait at the same time one event each, in order', async () => {
    const live = new Subject<Event>();
    const iterator = iterateEvents(live);
    const waiting = [iterator.next(), iterator.next(), iterator.next()];
    for (const seq of [0, 1]) live.next(event(seq));
    live.error(new Error('the store is gone'));
    const settled = await Promise.allSettled(waiting);
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value.value?.seq : one.reason.message))).toEqual([
      0,
      1,
      'the store is gone',
    ]);
  });

  it('never listens when the reader leaves before it has begun', async () => {
    let listened = 0;
    const iterator = iterateEvents(
      new Observable(() => {
        listened += 1;
      }),
    );
    await iterator.return?.();
    await expect(iterator.next()).resolves.toEqual({ done: true, value: undefined });
    expect(listened).toBe(0);
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
