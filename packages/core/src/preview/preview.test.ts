import {
  Agent,
  append,
  asTool,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type EspalierError,
  fallbackModels,
  Handoff,
  Merge,
  prompt,
  type RunContext,
  SharedState,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { defer } from 'rxjs';
import { z } from 'zod';
import { ScriptedModel } from '../../test/scripted-model.js';

const performed: string[] = [];

@SharedState()
class Notes {
  @Merge(append)
  items: string[] = ['first'];
}

@Agent({ instructions: 'You find facts.', settings: { temperature: 0 } })
class Facts {
  @Tool('Look something up')
  look(): string {
    performed.push('look');
    return 'fog';
  }
}

@Agent()
class Doubts {
  run(topic: string): readonly string[] {
    return [`is ${topic} true?`];
  }
}

const Report = z.object({ title: z.string() });

@Agent({ instructions: 'You write.', tools: [asTool(Facts)] })
@DependsOn(Facts, Doubts)
class Writer {
  async run(facts: string, doubts: readonly string[], ctx: RunContext<string>) {
    const style = await ctx.step('style', () => {
      performed.push('style');
      return 'plain';
    });
    const notes = ctx.state(Notes).read().items;
    return ctx.generate(Report, prompt`${facts} ${doubts} ${style} ${ctx.input} ${notes.length}`, { model: 'fast' });
  }
}

@Agent({ instructions: 'You pass on.' })
@DependsOn(Writer)
@Handoff(Facts, { max: 1 })
class Desk {
  async run(report: z.infer<typeof Report>, ctx: RunContext) {
    const pieces: string[] = [];
    for await (const piece of ctx.stream(report.title)) pieces.push(piece);
    return pieces.join('');
  }
}

const workflow = defineWorkflow({ name: 'report', version: 1, output: Desk });

const models = { default: fallbackModels([new ScriptedModel(), new ScriptedModel()]), fast: new ScriptedModel() };
const espalier = createEspalier({ workflows: [workflow], models });

describe('espalier.preview', () => {
  it('gives the exact request of an agent without run()', async () => {
    const { model, request } = await (await espalier).preview(Facts, 'tides');
    expect(model).toBe('test:scripted, then test:scripted');
    expect(request).toEqual({
      messages: [
        { role: 'system', content: 'You find facts.' },
        { role: 'user', content: [{ type: 'text', text: '<input>\ntides\n</input>' }] },
      ],
      tools: [
        {
          name: 'look',
          description: 'Look something up',
          parameters: { type: 'object', properties: {}, additionalProperties: false },
        },
      ],
      toolChoice: 'auto',
      settings: { temperature: 0 },
    });
    expect(performed).toEqual([]);
  });

  it('calls run() up to its first request, with inputs in declared order and what steps would give', async () => {
    const preview = (await espalier).preview(Writer, 'facts', ['a?'], { input: 'topic', steps: { style: 'lively' } });
    const { model, request } = await preview;
    expect(model).toBe('test:scripted');
    expect(request.messages.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'facts data-1 lively topic 1\n\n<data-1>\n["a?"]\n</data-1>' }],
    });
    expect(request.output?.schema).toMatchObject({ properties: { title: { type: 'string' } } });
    expect(request.tools?.map(({ name }) => name)).toEqual(['facts']);
    expect(performed).toEqual([]);
  });

  it('previews streams, and hand-offs among the tools', async () => {
    const { request } = await (await espalier).preview(Desk, { title: 'Tides' });
    expect(request.tools?.map(({ name }) => name)).toEqual(['handoff_to_facts']);
  });

  it('prints the request to read', async () => {
    expect(String(await (await espalier).preview(Facts, 'tides'))).toBe(
      [
        '── model',
        'test:scripted, then test:scripted',
        '',
        '── system',
        'You find facts.',
        '',
        '── user',
        '<input>',
        'tides',
        '</input>',
        '',
        '── tool look',
        'Look something up',
        '{',
        '  "type": "object",',
        '  "properties": {},',
        '  "additionalProperties": false',
        '}',
        '',
        '── tool choice',
        'auto',
        '',
        '── settings',
        '{',
        '  "temperature": 0',
        '}',
      ].join('\n'),
    );
  });

  it('is what is sent then', async () => {
    const model = new ScriptedModel('fog');
    const own = defineWorkflow({ name: 'facts', version: 1, output: Facts });
    const built = await createEspalier({ workflows: [own], models: { default: model } });
    const { request } = await built.preview(Facts, 'tides');
    await built.run(own, 'tides');
    expect(model.requests).toEqual([request]);
  });

  it('subscribes to the Observable of a run() that gives one', async () => {
    @Agent({ model: 'fast' })
    class Lazy {
      run(topic: string, ctx: RunContext) {
        return defer(() => ctx.generate(`About ${topic}`));
      }
    }
    const own = defineWorkflow({ name: 'lazy', version: 1, output: Lazy });
    const { request } = await (await createEspalier({ workflows: [own], models })).preview(Lazy, 'tides');
    expect(request.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'About tides' }] }]);
  });

  it('has no effects: it stops where one comes first, and says how to go on', async () => {
    const error = await (await espalier).preview(Writer, 'facts', []).catch((thrown: unknown) => thrown);
    const { code, message, hint } = error as EspalierError;
    expect({ code, message, hint }).toEqual({
      code: 'preview-blocked',
      message: "The preview of Writer came to ctx.step('style') before it asked its model: a preview has no effects.",
      hint: "Give its result: { steps: { 'style': … } }.",
    });
    expect(performed).toEqual([]);
  });

  it('says where there is nothing to preview', async () => {
    const built = await espalier;
    await expect(built.preview(Doubts, 'x')).rejects.toThrow('Doubts calls the model, but its @Agent() declares none.');
    @Agent()
    class Stranger {}
    await expect(built.preview(Stranger)).rejects.toThrow('preview: no registered workflow has the agent Stranger.');
    @Agent({ model: 'fast' })
    class Silent {
      run(): string {
        return 'nothing';
      }
    }
    const own = defineWorkflow({ name: 'silent', version: 1, output: Silent });
    const silent = await createEspalier({ workflows: [own], models });
    await expect(silent.preview(Silent)).rejects.toThrow(
      'Silent.run() ended without asking its model: there is no request to preview.',
    );
    await expect((await espalier).preview(Desk, undefined as never)).rejects.toThrow("reading 'title'");
  });
});
