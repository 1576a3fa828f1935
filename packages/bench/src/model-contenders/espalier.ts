import { Agent, createEspalier, defineWorkflow, type RunContext, Tool } from '@espalier/core';
import { openai } from '@espalier/openai';
import type { ModelContender } from '../contender.js';
import {
  advance,
  agentPrompt,
  instructions,
  modelName,
  streamPrompt,
  type ToolArguments,
  toolArguments,
  toolDescription,
} from '../work/journey.js';

/** An agent each, a run for every journey and every stream, with nothing set besides the model. */
export const espalier: ModelContender = {
  async prepareAgent(baseURL) {
    @Agent({ instructions })
    class Traveller {
      @Tool({ description: toolDescription, input: toolArguments })
      advance(args: ToolArguments): Promise<{ position: number }> {
        return advance(args);
      }

      run(start: number, ctx: RunContext): Promise<string> {
        return ctx.generate(agentPrompt(start));
      }
    }
    const workflow = defineWorkflow({ name: 'journey', version: 1, output: Traveller });
    const runtime = await createEspalier({ workflows: [workflow], models: { default: model(baseURL) } });
    return (start) => runtime.run(workflow, start);
  },

  async prepareStream(baseURL) {
    const readers = new Map<number, (text: string) => void>();

    @Agent({ model: 'default' })
    class Counter {
      async run({ reader, deltas }: { reader: number; deltas: number }, ctx: RunContext): Promise<void> {
        const onText = readers.get(reader) as (text: string) => void;
        for await (const text of ctx.stream(streamPrompt(deltas))) onText(text);
      }
    }
    const workflow = defineWorkflow({ name: 'count', version: 1, output: Counter });
    const runtime = await createEspalier({ workflows: [workflow], models: { default: model(baseURL) } });
    let last = 0;
    return async (deltas, onText) => {
      last += 1;
      const reader = last;
      readers.set(reader, onText);
      await runtime.run(workflow, { reader, deltas });
      readers.delete(reader);
    };
  },
};

const model = (baseURL: string) => openai(modelName, { baseURL, apiKey: 'none', api: 'chat' });
