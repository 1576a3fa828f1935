import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import {
  Agent,
  type ChatModel,
  type ChatResponse,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type RunContext,
  Tool,
} from '../src/index.js';

class Query {
  @IsString()
  text!: string;
}

/** Calls the tool once, then answers with what the tool said. */
const model: ChatModel = {
  name: 'scripted',
  generate({ messages }) {
    const result = messages.find(({ role }) => role === 'tool');
    const text = result?.role === 'tool' ? result.content : undefined;
    const call = { type: 'tool-call', id: 'call-1', tool: 'find', arguments: '{"text":"tides"}' } as const;
    const response: ChatResponse = {
      message: { role: 'assistant', content: [text === undefined ? call : { type: 'text', text }] },
      finishReason: text === undefined ? 'tool-calls' : 'stop',
      usage: { inputTokens: 1, outputTokens: 1 },
      model: 'scripted',
    };
    return Promise.resolve(response);
  },
};

const answerOf = (find: (text: string) => string): Promise<string> => {
  @Agent({ instructions: 'Find it.' })
  class Finder {
    @Tool('Find a text')
    find({ text }: Query): string {
      return find(text);
    }

    run(_input: unknown, ctx: RunContext): Promise<string> {
      return ctx.generate('Find tides.');
    }
  }
  @Agent()
  @DependsOn(Finder)
  class Reader {
    run(found: string): string {
      return found;
    }
  }
  const workflow = defineWorkflow({ name: 'find', version: 1, output: Reader });
  return createEspalier({ workflows: [workflow], models: { default: model } }).then((espalier) =>
    espalier.run(workflow, null),
  );
};

describe('a tool that answers at once', () => {
  it('gives its result to the model', async () => {
    expect(await answerOf((text) => `${text} turn twice a day`)).toBe('tides turn twice a day');
  });

  it('gives what it throws to the model', async () => {
    const answer = await answerOf(() => {
      throw new Error('the index is closed');
    });
    expect(answer).toBe("'find' failed: the index is closed");
  });
});
