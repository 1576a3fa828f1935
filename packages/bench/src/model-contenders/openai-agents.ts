import { Agent, OpenAIChatCompletionsModel, Runner, tool } from '@openai/agents';
import { OpenAI } from 'openai';
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
  turns,
} from '../work/journey.js';

/** One agent for all runs, without tracing, which would send the runs to OpenAI. */
export const openaiAgents: ModelContender = {
  async prepareAgent(baseURL) {
    const tools = [tool({ name: toolName, description: toolDescription, parameters: toolArguments, execute: advance })];
    const agent = new Agent({ name: 'Traveller', instructions, model: modelOf(baseURL), tools });
    const runner = new Runner({ tracingDisabled: true });
    return async (start) => {
      const { finalOutput } = await runner.run(agent, agentPrompt(start), { maxTurns: turns });
      return finalOutput ?? '';
    };
  },

  async prepareStream(baseURL) {
    const agent = new Agent({ name: 'Counter', model: modelOf(baseURL) });
    const runner = new Runner({ tracingDisabled: true });
    return async (deltas, onText) => {
      const result = await runner.run(agent, streamPrompt(deltas), { stream: true });
      for await (const text of result.toTextStream()) onText(text);
      await result.completed;
    };
  },
};

const modelOf = (baseURL: string): OpenAIChatCompletionsModel =>
  new OpenAIChatCompletionsModel(new OpenAI({ baseURL, apiKey: 'none' }), modelName);
