import { describe, expect, it } from '@jest/globals';
import { offlineEmbedding } from './offline-embedding.js';

const options = () => ({ signal: new AbortController().signal, idempotencyKey: 'key' });

async function cosine(a: string, b: string): Promise<number> {
  const { vectors } = await offlineEmbedding().embed([a, b], options());
  const [one, two] = vectors as [ArrayLike<number>, ArrayLike<number>];
  const product = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, index) => sum + value * (y[index] as number), 0);
  return product(one, two) / Math.sqrt(product(one, one) * product(two, two));
}

describe('offlineEmbedding', () => {
  it('finds texts near each other that share words, or parts of words, in any language', async () => {
    const asked = 'When does the tide turn?';
    expect(await cosine(asked, 'The tide turns at nine.')).toBeGreaterThan(
      2 * (await cosine(asked, 'Guests like breakfast with eggs.')),
    );
    expect(await cosine('Wann wechselt die Tide?', 'Gezeitenwechsel')).toBeGreaterThan(
      await cosine('Wann wechselt die Tide?', 'Frühstück'),
    );
    expect(await cosine('潮汐はいつ変わりますか', '潮汐の変化')).toBeGreaterThan(
      await cosine('潮汐はいつ変わりますか', '朝食は七時'),
    );
  });

  it('takes the same text for the same, however it is written', async () => {
    expect(await cosine('Café', 'CAFE\u0301')).toBeCloseTo(1);
    expect(await cosine('tide, turn!', 'turn tide')).toBeCloseTo(1);
  });

  it('gives texts without letters a direction too', async () => {
    expect(await cosine('…', '?!')).toBe(1);
    expect(Math.abs(await cosine('…', 'tide'))).toBeLessThan(0.5);
  });

  it('gives the same vector on any machine', async () => {
    const { vectors } = await offlineEmbedding({ dimensions: 16 }).embed(['tide'], options());
    expect(
      Array.from(vectors[0] as ArrayLike<number>, (value) => Math.round(value * 100) / 100),
    ).toMatchInlineSnapshot(`
[
  0,
  -1,
  0,
  0,
  0,
  1,
  0,
  0,
  1,
  0,
  0,
  -1.1,
  0,
  0,
  2,
  1,
]
`);
  });

  it('has a name that tells the length of its vectors, and costs nothing', async () => {
    expect(offlineEmbedding({ dimensions: 64 })).toMatchObject({ name: 'offline:n-grams@64', price: 0 });
    const { vectors } = await offlineEmbedding({ dimensions: 64 }).embed(['a', 'b'], options());
    expect(vectors.map(({ length }) => length)).toEqual([64, 64]);
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('no longer'));
    await expect(offlineEmbedding().embed(['a'], { signal, idempotencyKey: 'key' })).rejects.toThrow('no longer');
  });

  it.each([0, 15, 8193, 20.5, Number.NaN, '64'])('refuses vectors of %p numbers', (dimensions) => {
    expect(() => offlineEmbedding({ dimensions: dimensions as number })).toThrow(
      'offlineEmbedding({ dimensions }): expected a whole number from 16 to 8192, got ',
    );
  });
});
