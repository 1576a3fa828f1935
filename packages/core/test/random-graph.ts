import fc from 'fast-check';

/** A random graph as plain data: what the model evaluates and what agents are made from. */
export interface RandomGraph {
  readonly nodes: readonly RandomNode[];
  readonly concurrency: number;
}

export interface RandomNode {
  /** Indices of earlier nodes. */
  readonly required: readonly number[];
  readonly optional: readonly number[];
  /** Alternatives, in declared order; empty for none. */
  readonly firstOf: readonly number[];
  /** Runs only if the source's number is even. */
  readonly condition: number | undefined;
  /** One run per item: the items are 0 … n-1, where n is the source's number modulo 4. */
  readonly forEach: number | undefined;
  /** Iterations until it will do; 0 for a node that is not repeated. */
  readonly repeat: number;
  /** How many attempts fail before one succeeds. */
  readonly failures: number;
  readonly attempts: number;
  /** Whether another agent takes over when all attempts have failed. */
  readonly fallback: boolean;
  /** How attempts fail: by throwing, or by a sleep that a timeout cuts short. */
  readonly stuck: boolean;
  /** Whether it spends its turns asleep, without a slot. */
  readonly sleeps: boolean;
  /** Turns of the event loop that each run takes. */
  readonly turns: number;
  readonly writes: boolean;
}

/** Random graphs whose edges point back at near nodes, so that both chains and wide layers come up. */
export function randomGraph(maxNodes: number, minNodes = 1): fc.Arbitrary<RandomGraph> {
  return fc
    .record({
      shapes: fc.array(
        fc.record({
          required: fc.array(fc.nat(), { maxLength: 3 }),
          optional: fc.array(fc.nat(), { maxLength: 2 }),
          firstOf: fc.array(fc.nat(), { maxLength: 3 }),
          condition: fc.option(fc.nat(), { nil: undefined, freq: 6 }),
          forEach: fc.option(fc.nat(), { nil: undefined, freq: 6 }),
          repeat: fc.oneof(
            { weight: 5, arbitrary: fc.constant(0) },
            { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
          ),
          failures: fc.oneof(
            { weight: 4, arbitrary: fc.constant(0) },
            { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
          ),
          attempts: fc.integer({ min: 1, max: 3 }),
          fallback: fc.boolean(),
          stuck: fc.boolean(),
          sleeps: fc.boolean(),
          turns: fc.nat({ max: 4 }),
          writes: fc.boolean(),
        }),
        { minLength: minNodes, maxLength: maxNodes, size: 'max' },
      ),
      concurrency: fc.integer({ min: 1, max: 12 }),
      reach: fc.integer({ min: 1, max: 40 }),
    })
    .map(({ shapes, concurrency, reach }) => {
      const nodes: RandomNode[] = [];
      for (const [index, shape] of shapes.entries()) {
        const earlier = (numbers: readonly number[]): number[] =>
          index === 0 ? [] : [...new Set(numbers.map((number) => index - 1 - (number % Math.min(index, reach))))];
        // Only each() takes the array of a node with @ForEach.
        const single = (numbers: readonly number[]): number[] =>
          earlier(numbers).filter((at) => nodes[at]?.forEach === undefined);
        const one = (number: number | undefined): number | undefined =>
          number === undefined ? undefined : single([number])[0];
        nodes.push({
          ...shape,
          required: earlier(shape.required),
          optional: earlier(shape.optional),
          firstOf: single(shape.firstOf),
          condition: one(shape.condition),
          forEach: one(shape.forEach),
          fallback: shape.fallback && one(shape.forEach) === undefined && shape.repeat === 0,
        });
      }
      return { concurrency, nodes };
    });
}
