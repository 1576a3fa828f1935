import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReadyQueue, type Startable } from './ready-queue.js';

const entry = (order: number, item = 0): Startable => ({ order, item, start: () => {} });

describe('ReadyQueue', () => {
  it('gives the lowest index first, then the lowest item, whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(3))), (pairs) => {
        const queue = new ReadyQueue();
        for (const [order, item] of pairs) queue.push(entry(order, item));
        const given: number[] = [];
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) given.push(next.order * 10 + next.item);
        expect(given).toEqual(pairs.map(([order, item]) => order * 10 + item).sort((a, b) => a - b));
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('keeps its order when pushes and pops alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50), { nil: undefined })), (actions) => {
        const queue = new ReadyQueue();
        const model: number[] = [];
        for (const action of actions) {
          if (action === undefined) {
            expect(queue.pop()?.order).toBe(model.sort((a, b) => a - b).shift());
          } else {
            queue.push(entry(action));
            model.push(action);
          }
        }
      }),
    );
  });

  it('is empty after clear', () => {
    const queue = new ReadyQueue();
    queue.push(entry(1));
    queue.clear();
    expect([queue.size, queue.pop()]).toEqual([0, undefined]);
  });
});
