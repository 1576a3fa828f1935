import {
  Agent,
  type ChatRequest,
  type JournalRecord,
  type ModelStartEvent,
  type RunContext,
  requestOf,
  Tool,
  userText,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel } from '../../test/scripted-model.js';
import { longThread, type SentRequest, talk } from '../../test/talking-run.js';

const isStart = (record: { readonly type: string }): record is ModelStartEvent => record.type === 'model-start';

/** What the records say was sent, from a position on. */
const told = (records: readonly JournalRecord[], from = 0): readonly SentRequest[] =>
  records
    .filter(isStart)
    .filter(({ seq }) => seq >= from)
    .map((event) => ({
      key: `${event.runId}/${event.node}#${event.attempt}/${event.step}`,
      request: requestOf(records, event),
    }));

/** Calls that run at the same time are sent in another order than they are recorded; those of one key are not. */
const byKey = (requests: readonly SentRequest[]) => [...requests].sort((a, b) => a.key.localeCompare(b.key));

describe('requestOf', () => {
  it.each(Array.from({ length: 40 }, (_one, index) => index + 1))(
    'gives what was sent, with threads, hand-offs, retries, fallback models and streams: seed %i',
    async (seed) => {
      const threads = longThread();
      const { records, sent } = await talk(seed, threads);
      expect(byKey(told(records))).toEqual(byKey(sent));
      const middle = 1 + ((seed * 7) % (records.length - 3));
      const again = await talk(seed, longThread(), records.slice(0, middle));
      expect(byKey(told(again.records, middle))).toEqual(byKey(again.sent));
    },
  );

  it('takes the newest of a step that was made again, and events that were read anew', () => {
    const start = (seq: number, step: string, request: ChatRequest, after?: string): ModelStartEvent => ({
      v: 1,
      runId: 'r',
      seq,
      time: 0,
      type: 'model-start',
      node: 'a',
      attempt: 1,
      step,
      model: 'm',
      request,
      ...(after === undefined ? {} : { after }),
    });
    const records = [
      start(1, 'model[1]', { messages: [userText('old')], toolChoice: 'auto' }),
      start(2, 'model[1]', { messages: [userText('new')], toolChoice: 'auto', settings: { seed: 1 } }),
      start(3, 'model[2]', { messages: [userText('more')], toolChoice: 'none' }, 'model[1]'),
      start(4, 'model[1]', { messages: [userText('later')] }),
    ];
    const whole = { messages: [userText('new'), userText('more')], toolChoice: 'none', settings: { seed: 1 } };
    expect(requestOf(records, records[2] as ModelStartEvent)).toEqual(whole);
    expect(requestOf(records, structuredClone(records[2] as ModelStartEvent))).toEqual(whole);
    expect(() => requestOf(records.slice(2), records[2] as ModelStartEvent)).toThrow(
      "requestOf: the request of step 'model[2]' of node 'a' goes on from that of 'model[1]', which is not among the records.",
    );
  });
});

describe('the records of a conversation', () => {
  @Agent({ instructions: 'You look.', maxTurns: 60, maxModelCalls: 60, maxToolCalls: 60, settings: { seed: 3 } })
  class Looker {
    @Tool({ description: 'Look', input: z.object({}) })
    look(): string {
      return 'nothing';
    }

    run(_input: unknown, ctx: RunContext): Promise<number> {
      return ctx.generate(z.number(), 'How many?');
    }
  }

  it('have every message, tool, setting and schema once, however many turns it has', async () => {
    const looks = Array.from({ length: 50 }, () => ({ calls: [{ tool: 'look' }] }));
    const model = new ScriptedModel(...looks, '7');
    const { start } = await build(Looker, {}, { models: { default: model } });
    const run = start('x');
    await expect(run.result).resolves.toBe(7);
    const starts = (await eventsOf(run)).filter(isStart);
    expect(starts.flatMap(({ request }) => request.messages)).toEqual(model.last.messages);
    expect(starts.map(({ after }) => after).slice(0, 3)).toEqual([
      undefined,
      'generate[1]/model[1]',
      'generate[1]/model[2]',
    ]);
    expect(Object.keys(starts[0]?.request ?? {}).sort()).toEqual([
      'messages',
      'output',
      'settings',
      'toolChoice',
      'tools',
    ]);
    for (const { request } of starts.slice(1)) expect(Object.keys(request)).toEqual(['messages']);
  });

  it('have a limit of the answer that a budget changes, and nothing else that is as it was', async () => {
    const model = new ScriptedModel({ calls: [{ tool: 'look' }] }, '7');
    const { start } = await build(Looker, { budget: { tokens: 20_000 } }, { models: { default: model } });
    const run = start('x');
    await run.result;
    const [first, second] = (await eventsOf(run)).filter(isStart);
    expect(first?.request.settings?.maxOutputTokens).toBeGreaterThan(second?.request.settings?.maxOutputTokens ?? 0);
    expect(Object.keys(second?.request ?? {})).toEqual(['messages', 'settings']);
  });
});
