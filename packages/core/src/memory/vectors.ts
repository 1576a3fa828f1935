/** A copy of length 1, as 32-bit numbers; nothing for a vector that has no direction, or that is none. */
export function normalised(vector: ArrayLike<number>): Float32Array | undefined {
  let largest = 0;
  for (let index = 0; index < vector.length; index++) largest = Math.max(largest, Math.abs(vector[index] as number));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return undefined;
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += ((vector[index] as number) / largest) ** 2;
  const length = Math.sqrt(sum);
  return Float32Array.from(vector, (value) => value / largest / length);
}

/** The sum of the products: of vectors of length 1, the cosine of their angle. */
export function dot(a: Float32Array, b: Float32Array): number {
  const { length } = a;
  let [one, two, three, four] = [0, 0, 0, 0]; // four sums do not wait for each other
  let index = 0;
  for (; index + 3 < length; index += 4) {
    one += (a[index] as number) * (b[index] as number);
    two += (a[index + 1] as number) * (b[index + 1] as number);
    three += (a[index + 2] as number) * (b[index + 2] as number);
    four += (a[index + 3] as number) * (b[index + 3] as number);
  }
  for (; index < length; index++) one += (a[index] as number) * (b[index] as number);
  return one + two + three + four;
}

/**
 * The nearest of many vectors: holds no more than it is asked for. For stores that compare one after another.
 *
 * @example
 * const nearest = new NearestVectors<string>(search);
 * for (const { key, vector } of rows) nearest.offer(key, vector);
 * nearest.found; // [{ item: 'b', score: 0.9 }, …]
 * @since 0.1.0
 */
export class NearestVectors<T> {
  readonly #vector: Float32Array;
  readonly #limit: number;
  readonly #minScore: number;
  /** The nearest first. */
  readonly #found: { readonly item: T; readonly score: number }[] = [];

  constructor({ vector, limit, minScore }: { vector: Float32Array; limit: number; minScore: number }) {
    this.#vector = vector;
    this.#limit = limit;
    this.#minScore = minScore;
  }

  get found(): readonly { readonly item: T; readonly score: number }[] {
    return this.#found;
  }

  /** @param vector of the same length as the one that is searched for */
  offer(item: T, vector: Float32Array): void {
    const score = Math.max(-1, Math.min(1, dot(this.#vector, vector)));
    const found = this.#found;
    if (score < this.#minScore) return;
    if (found.length === this.#limit && score <= (found.at(-1) as { readonly score: number }).score) return;
    let place = found.length;
    while (place > 0 && (found[place - 1] as { readonly score: number }).score < score) place -= 1;
    found.splice(place, 0, { item, score });
    if (found.length > this.#limit) found.pop();
  }
}
