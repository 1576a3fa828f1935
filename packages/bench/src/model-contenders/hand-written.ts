import { OpenAI } from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import { z } from 'zod';
import type { ModelContender, RunAgent } from '../contender.js';
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

const { $schema: _, ...parameters } = z.toJSONSchema(toolArguments);
const tools: ChatCompletionTool[] = [
  { type: 'function', function: { name: toolName, description: toolDescription, parameters, strict: true } },
];

/** A loop over the SDK: nothing is checked, kept or told. */
export const handWritten: ModelContender = {
  prepareAgent: (baseURL) => prepareLoop(baseURL, () => undefined),

  async prepareStream(baseURL) {
    const client = connect(baseURL);
    return async (deltas, onText) => {
      const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: streamPrompt(deltas) }];
      for await (const { choices } of await client.chat.completions.create({
        model: modelName,
        messages,
        stream: true,
      })) {
        const text = choices[0]?.delta.content;
        if (text) onText(text);
      }
    };
  },
};

/** The same loop as it is where a run may be cancelled: each request has a signal. */
export const prepareCancellable = (baseURL: string): Promise<RunAgent> =>
  prepareLoop(baseURL, () => ({ signal: new AbortController().signal }));

async function prepareLoop(baseURL: string, optionsOf: () => { signal: AbortSignal } | undefined): Promise<RunAgent> {
  const client = connect(baseURL);
  return async (start) => {
    const messages: ChatCompletionMessageParam[] = [
      { role: 'system', content: instructions },
      { role: 'user', content: agentPrompt(start) },
    ];
    for (let turn = 1; turn <= turns; turn += 1) {
      const { choices } = await client.chat.completions.create({ model: modelName, messages, tools }, optionsOf());
      const message = choices[0]?.message;
      if (message === undefined) throw new Error('no answer');
      messages.push(message);
      if (message.tool_calls === undefined) return message.content ?? '';
      for (const call of message.tool_calls) {
        if (call.type !== 'function') continue;
        const result = await advance(JSON.parse(call.function.arguments));
        messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) });
      }
    }
    throw new Error('too many turns');
  };
}

const connect = (baseURL: string): OpenAI => new OpenAI({ baseURL, apiKey: 'none' });
