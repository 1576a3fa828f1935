import { Agent, tool } from '@strands-agents/sdk';
import { OpenAIModel } from '@strands-agents/sdk/models/openai';
import type { ModelContender } from '../contender.js';
import {
  advance,
  agentPrompt,
  instructions,
  modelName,
  streamPrompt,
  toolArguments,
  toolDescription,
  toolName,
} from '../work/journey.js';

/** An agent for every run, for it keeps its conversation; the model is shared. It is always asked for a stream. */
export const strands: ModelContender = {
  async prepareAgent(baseURL) {
    const model = modelOf(baseURL);
    const tools = [
      tool({ name: toolName, description: toolDescription, inputSchema: toolArguments, callback: advance }),
    ];
    return async (start) => {
      const agent = new Agent({ model, tools, systemPrompt: instructions, printer: false });
      return (await agent.invoke(agentPrompt(start))).toString();
    };
  },

  async prepareStream(baseURL) {
    const model = modelOf(baseURL);
    return async (deltas, onText) => {
      const agent = new Agent({ model, printer: false });
      for await (const happened of agent.stream(streamPrompt(deltas))) {
        if (happened.type !== 'modelStreamUpdateEvent') continue;
        const { event } = happened;
        if (event.type === 'modelContentBlockDeltaEvent' && event.delta.type === 'textDelta') onText(event.delta.text);
      }
    };
  },
};

const modelOf = (baseURL: string): OpenAIModel =>
  new OpenAIModel({ api: 'chat', modelId: modelName, apiKey: 'none', clientConfig: { baseURL } });
