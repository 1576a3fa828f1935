import { userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { offline } from '../offline-model.js';

describe('the pace of the model', () => {
  it('lets the event loop have its turn between many short requests', async () => {
    const model = offline();
    let turns = 0;
    const tick = (): void => {
      turns += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);
    const request = { messages: [userText('What turns?\n\n<text>\nTides turn twice a day on most coasts.\n</text>')] };
    const options = { signal: new AbortController().signal, idempotencyKey: 'key' };
    for (let count = 0; count < 200; count += 1) await model.generate(request, options);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(5);
  });

  it('sees an abort in the middle of a long text', async () => {
    const stop = new AbortController();
    const text = 'Tides turn twice a day on most coasts of the earth.\n'.repeat(20_000);
    const asked = offline().generate(
      { messages: [userText(`What turns?\n\n<text>\n${text}</text>`)] },
      { signal: stop.signal, idempotencyKey: 'key' },
    );
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(asked).rejects.toThrow('enough');
  });
});
