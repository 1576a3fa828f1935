import { describe, expect, it } from '@jest/globals';
import { longThread, talk } from '../../test/talking-run.js';

describe('a run that is taken over', () => {
  it.each(Array.from({ length: 12 }, (_one, index) => index + 1))('ends as it would have: seed %i', async (seed) => {
    const threads = longThread();
    const { records, outcome } = await talk(seed, threads);
    const spoken = records.length - 2; // the thread has its turns when the end of the node is recorded
    for (let length = 1; length < records.length; length++) {
      const { outcome: again } = await talk(seed, length > spoken ? threads : longThread(), records.slice(0, length));
      expect({ length, ...again }).toEqual({ length, ...outcome });
    }
    const { outcome: between } = await talk(seed, threads, records.slice(0, spoken));
    expect(between).toEqual(outcome);
  });
});
