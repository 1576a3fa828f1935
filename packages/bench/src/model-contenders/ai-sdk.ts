import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import type { ModelContender } from '../contender.js';
import {
  advance,
  agentPrompt,
  instructions,
  modelName,
  streamPrompt,
  toolArguments,
  toolDescription,
  turns,
} from '../work/journey.js';

/** `generateText` with tools, and `streamText`, by the chat model of its own provider. */
export const aiSdk: ModelContender = {
  async prepareAgent(baseURL) {
    const model = modelOf(baseURL);
    const tools = { advance: tool({ description: toolDescription, inputSchema: toolArguments, execute: advance }) };
    return async (start) => {
      const prompt = agentPrompt(start);
      const { text } = await generateText({ model, instructions, prompt, tools, stopWhen: stepCountIs(turns) });
      return text;
    };
  },

  async prepareStream(baseURL) {
    const model = modelOf(baseURL);
    return async (deltas, onText) => {
      for await (const text of streamText({ model, prompt: streamPrompt(deltas) }).textStream) onText(text);
    };
  },
};

const modelOf = (baseURL: string) => createOpenAI({ baseURL, apiKey: 'none' }).chat(modelName);
