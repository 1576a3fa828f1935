import {
  Agent,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Event,
  MemoryJournal,
  maskRecord,
  type RunContext,
  Sensitive,
  SharedState,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { type RandomCase, randomCase } from '../../test/random-sensitive.js';
import { type ScriptedCall, ScriptedModel, turns } from '../../test/scripted-model.js';

/** Any data, by a JSON Schema: nothing but its marks counts here. */
const schemaOf = (schema: object) =>
  ({
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  }) as never;

/** A text as it is, and as JSON writes it, also within JSON in JSON in JSON. */
function formsOf(text: string): readonly string[] {
  const forms = [text];
  for (let depth = 0; depth < 3; depth++) forms.push(JSON.stringify(forms.at(-1)).slice(1, -1));
  return forms;
}

function expectMasked(seed: number, events: readonly Event[], secrets: readonly string[]): void {
  for (const event of events) {
    const text = JSON.stringify(event);
    const shown = secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
    expect({ seed, type: event.type, shown, event: shown.length > 0 ? event : undefined }).toEqual({
      seed,
      type: event.type,
      shown: [],
      event: undefined,
    });
  }
}

/** A workflow that puts sensitive data wherever it can be: of its input, a signal, arguments, an answer, state. */
function workflowOf(all: readonly RandomCase[]) {
  const [input, signal, args, answer, state] = all as readonly [
    RandomCase,
    RandomCase,
    RandomCase,
    RandomCase,
    RandomCase,
  ];
  const got: unknown[] = [];

  @SharedState()
  class Notes {
    @Sensitive() hidden: unknown = null;
    shown = '';
  }

  @Agent({ instructions: 'x' })
  class First {
    @Tool({ description: 'd', input: schemaOf(args.schema) })
    echo(given: unknown): unknown {
      got.push(given);
      return { given };
    }

    async run(given: unknown, ctx: RunContext) {
      ctx.state(Notes).write({ hidden: state.value });
      const step = await ctx.step('load', () => ({ state: state.value, given }));
      const text = await ctx.generate(
        `Given ${JSON.stringify({ given, step, inner: JSON.stringify(given) })} ${input.secrets.join(' and ')}`,
      );
      const data = await ctx.generate(schemaOf(answer.schema), `Then ${text}`);
      return { given, text, data, note: `about ${answer.secrets.join('')} ${state.secrets.join('|')}` };
    }
  }

  @Agent({ instructions: 'x' })
  @DependsOn(First)
  class Second {
    async run(first: unknown, ctx: RunContext) {
      const said = await ctx.waitFor('go', schemaOf(signal.schema), { request: { first } });
      let text = '';
      for await (const piece of ctx.stream(`Tell ${JSON.stringify({ first, said })}`)) text += piece;
      const failed = await ctx
        .step('fail', () => Promise.reject(new Error(text)))
        .catch((error: Error) => error.message);
      return { first, said, text, failed, hidden: ctx.state(Notes).read().hidden };
    }
  }

  const workflow = defineWorkflow({ name: 'random', version: 1, input: schemaOf(input.schema), output: Second });
  return { workflow, got };
}

describe('sensitive values in any place', () => {
  it('of four characters and more are in no event, and the run goes on with what is true', async () => {
    let hidden = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const all = Array.from({ length: 5 }, (_, at) => randomCase(seed * 10 + at));
      const [input, signal, args, answer, state] = all as [RandomCase, RandomCase, RandomCase, RandomCase, RandomCase];
      const call: ScriptedCall = { tool: 'echo', arguments: args.value };
      const secrets = [...input.secrets, ...args.secrets, ...answer.secrets, ...signal.secrets];
      const told = `All of it: ${secrets.join(', ')}`;
      const first = new ScriptedModel({ calls: [call] }, 'Done.', JSON.stringify(answer.value));
      const second = new ScriptedModel({ pieces: [...told] });
      const { workflow, got } = workflowOf(all);
      const store = new MemoryJournal();
      const one = await createEspalier({ workflows: [workflow], store, models: { default: first } });
      const begun = one.start(workflow, input.value as never);
      begun.result.catch(() => {});
      const events: Event[] = [];
      begun.events$.subscribe((event) => events.push(event));
      for (let at = 0; at < 20 && begun.status !== 'suspended'; at++) await turns();
      await one.drain();
      expectMasked(seed, events, [...secrets, ...state.secrets]);

      const two = await createEspalier({ workflows: [workflow], store, models: { default: second } });
      const run = await two.resume(begun.id);
      run.events$.subscribe((event) => events.push(event));
      await turns();
      await two.signal(run.id, 'go', signal.value);
      const data = { given: input.value, text: 'Done.', data: answer.value };
      const result = await run.result;
      expect({ seed, result }).toMatchObject({
        seed,
        result: { first: data, said: signal.value, text: told, failed: told, hidden: state.value },
      });
      expect(got).toEqual([args.value]);
      expectMasked(seed, events, [...secrets, ...state.secrets]);
      expectMasked(seed, store.read(run.id).map(maskRecord), [...secrets, ...state.secrets]);
      expect(JSON.stringify(store.read(run.id)[0])).toContain(JSON.stringify(input.value));
      hidden += secrets.length;
    }
    expect(hidden).toBeGreaterThan(100);
  }, 60_000);
});
