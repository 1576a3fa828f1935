import {
  Agent,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  createEspalier,
  defineWorkflow,
  fallbackModels,
  Handoff,
  httpModelError,
  type JournalRecord,
  MemoryJournal,
  MemoryThreadStore,
  Retry,
  type RunContext,
  type RunStartEvent,
  Tool,
  userText,
  VirtualClock,
} from '@espalier/core';
import { z } from 'zod';
import { turns } from './scripted-model.js';

/** A number in [0, 1) that is a text's own. @see FNV-1a, Fowler, Noll and Vo */
function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 12)) >>> 0) / 4_294_967_296;
}

/** A request as it was sent, by the key of its call. */
export interface SentRequest {
  readonly key: string;
  readonly request: ChatRequest;
}

/** A model whose answers, mistakes and failures are a function of the request: who asks again gets the same. */
function steady(name: string, seed: number, sent: SentRequest[]): ChatModel {
  const answer = (request: ChatRequest): ChatResponse => {
    const { messages, tools = [], toolChoice } = request;
    const about = `${seed} ${name} ${JSON.stringify(messages)}`;
    const roll = (what: string): number => chance(`${what} ${about}`);
    if (roll('fails') < 0.2) throw httpModelError({ model: name, status: 503, message: 'No.' });
    const usage = { inputTokens: 10, outputTokens: 5 };
    const say = (...content: ChatResponse['message']['content']): ChatResponse => {
      return { message: { role: 'assistant', content }, finishReason: 'stop', usage, model: name };
    };
    const call = (tool: string, args: string, id = 'call-1') => ({
      type: 'tool-call' as const,
      id,
      tool,
      arguments: args,
    });
    if (roll('empty') < 0.1) return say();
    if (tools.length > 0 && toolChoice !== 'none' && roll('calls') < 0.5) {
      const what = Math.floor(roll('what') * 6);
      const { name: chosen = 'look' } = tools[Math.floor(roll('which') * tools.length)] ?? {};
      if (what === 0) return say(call('unknown', '{}'));
      if (what === 1) return say(call('look', '{"text":'));
      if (what === 2) return say(call('look', '{"text":5}'));
      if (what === 3) return say(call('look', '{"text":"a"}'), call('look', '{"text":"b"}'));
      return say({ type: 'text', text: 'Well. ' }, call(chosen, '{"text":"c"}'));
    }
    return say({ type: 'text', text: `said ${Math.floor(roll('text') * 1000)}` });
  };
  const keep = (request: ChatRequest, { idempotencyKey: key }: ChatOptions): void => {
    sent.push({ key, request: structuredClone(request) });
  };
  return {
    name,
    generate: async (request, options) => {
      keep(request, options);
      return answer(request);
    },
    async *stream(request, options) {
      keep(request, options);
      const response = answer(request);
      const text = response.message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
      if (text !== '') yield { type: 'text-delta', text };
      if (chance(`${seed} ${name} cuts ${text}`) < 0.4)
        throw httpModelError({ model: name, status: 500, message: 'Cut.' });
      yield { type: 'response', response };
    },
  };
}

@Agent({ instructions: 'You go on.' })
class Other {
  @Tool({ description: 'Look', input: z.object({ text: z.string() }) })
  look({ text }: { text: string }): string {
    return `seen by the other: ${text}`;
  }
}

@Agent({ instructions: 'You talk.', thread: { window: 150, summarise: true }, maxModelCalls: 200 })
@Handoff(Other, { max: 1 })
@Retry({ attempts: 2, backoff: 5 })
class Talker {
  @Tool({ description: 'Look', input: z.object({ text: z.string() }) })
  look({ text }: { text: string }): string {
    if (text === 'b') throw new Error('nothing to see');
    return `seen: ${text}`;
  }

  async run(_input: string, ctx: RunContext): Promise<readonly string[]> {
    const failed = (error: Error): string => error.message;
    const read = async (): Promise<string> => {
      let text = '';
      for await (const piece of ctx.stream('Tell')) text += piece;
      return text;
    };
    const both = await Promise.all([ctx.generate('one').catch(failed), ctx.generate('two').catch(failed)]);
    return [...both, await read().catch(failed), await ctx.generate(`and ${both[0]}?`)];
  }
}

const workflow = defineWorkflow({ name: 'talk', version: 1, output: Talker, budget: { tokens: 1_000_000 } });

/** A thread that is too long to be sent. */
export function longThread(): MemoryThreadStore {
  const threads = new MemoryThreadStore();
  for (const key of ['1', '2', '3']) {
    const messages = [userText(`${key} ${'word '.repeat(50)}`)];
    threads.append('a', { kind: 'turn', key, runId: 'r', node: 'n', time: 0, messages });
  }
  return threads;
}

/** Runs it to its end: from its beginning, or from what was on record when its process died. */
export async function talk(seed: number, threads: MemoryThreadStore, before?: readonly JournalRecord[]) {
  const sent: SentRequest[] = [];
  const clock = new VirtualClock(0);
  const store = new MemoryJournal();
  const models = { default: fallbackModels([steady('a:1', seed, sent), steady('b:1', seed, sent)]) };
  const espalier = await createEspalier({ workflows: [workflow], clock, store, threads, models });
  if (before !== undefined) {
    const [start, ...rest] = before as readonly [RunStartEvent, ...JournalRecord[]];
    const lease = store.create(start, 'dead');
    for (const record of rest) store.append(lease, record);
    store.release(lease);
  }
  const run =
    before === undefined
      ? espalier.start(workflow, 'x', { runId: 'r', threadId: 'a' })
      : await espalier.resume<readonly string[]>('r');
  for (let step = 0; step < 4; step++) {
    await turns(3);
    await clock.advance(5);
  }
  const { status, output, error, usage } = await run.outcome;
  const kept = threads.read('a').map(({ key }) => key);
  const { modelCalls, toolCalls } = usage;
  const outcome = { status, output, error: (error as Error | undefined)?.message, kept, modelCalls, toolCalls };
  return { records: store.read('r'), outcome, sent, espalier };
}
