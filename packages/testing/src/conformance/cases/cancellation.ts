import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type ConformanceGroup, scripted, unscripted } from '../conformance-case.js';
import { question } from '../requests.js';
import { streamOf } from '../subject.js';
import { within } from '../within.js';

const reason = new Error('The run was cancelled.');

export const cancellation: ConformanceGroup = {
  name: 'cancellation',
  cases: [
    unscripted('refuses a call that is aborted already, and asks nothing', async ({ provider, ask }) => {
      provider?.reply({ text: 'Yes.' });
      await assert.rejects(ask(question(), { signal: AbortSignal.abort(reason) }), byModel);

      assert.equal(provider?.requests.length ?? 0, 0);
    }),
    scripted('hangs up when it is aborted before the answer', async ({ provider, patience, ask }) => {
      provider.reply({ fault: { type: 'hang' } });
      const controller = new AbortController();
      const call = ask(question(), { signal: controller.signal });
      call.catch(() => undefined);
      const request = await within(patience, 'the request', provider.request(0));
      controller.abort(reason);

      await assert.rejects(call, byModel);
      await within(patience, 'the provider to see that the client has gone', request.aborted);
      assert.equal(provider.requests.length, 1);
    }),
    scripted(
      'hangs up when it is aborted in the middle of the stream',
      async ({ provider, patience, model }) => {
        provider.reply({ deltas: ['one ', 'two'], fault: { type: 'hang', after: 1 } });
        const controller = new AbortController();
        const stream = streamOf(model, question(), { signal: controller.signal })[Symbol.asyncIterator]();
        await within(patience, 'the first delta', stream.next());
        const next = within(patience, 'the end of the stream', stream.next());
        next.catch(() => undefined);
        controller.abort(reason);

        await assert.rejects(next, byModel, 'A stream that is aborted must throw: its end would look like an answer.');
        await within(patience, 'the provider to see that the client has gone', (await provider.request(0)).aborted);
      },
      ['stream'],
    ),
    scripted('leaves no listener on the signal', async ({ provider, ask }) => {
      const { signal } = new AbortController();
      for (let calls = 0; calls < 12; calls += 1) {
        provider.reply({ text: 'Yes.' });
        await ask(question(), { signal });
      }

      // The end of a connection may be told a moment after the answer.
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'Listeners are left on the signal.');
    }),
  ],
};

/** The model's own doing: neither an answer that the suite found wrong, nor its patience. */
const byModel = (error: Error): boolean =>
  !(error instanceof assert.AssertionError) && !error.message.startsWith('Waited ');
