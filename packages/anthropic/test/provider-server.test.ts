import Anthropic from '@anthropic-ai/sdk';
import { type ProviderServer, type ProviderTurn, startProviderServer } from '@espalier/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** What the official SDK makes of the answers of `startProviderServer`: it is the judge of the wire format. */
const turn: ProviderTurn = {
  reasoning: 'The user wants weather.',
  text: 'Let me look, twice.',
  calls: [
    { tool: 'weather', arguments: { city: 'Zürich 🏔', days: 3 } },
    { tool: 'weather', arguments: '{"city":"Bergen"}' },
  ],
  usage: { inputTokens: 100, outputTokens: 40, cachedInputTokens: 60, cacheWriteTokens: 10, reasoningTokens: 5 },
};

let server: ProviderServer;
afterEach(() => server.close());

describe("Anthropic's SDK reads the Messages API", () => {
  beforeEach(async () => {
    server = await startProviderServer({ api: 'anthropic' });
  });
  const client = () => new Anthropic({ baseURL: server.baseURL, apiKey: 'test', maxRetries: 0 });
  const request = { model: 'claude-haiku-4-5', max_tokens: 4096, messages: [{ role: 'user' as const, content: 'Hi' }] };

  it('as JSON and as a stream, the same', async () => {
    server.reply(turn, turn);
    const whole = await client().messages.create(request);
    const streamed = await client().messages.stream(request).finalMessage();

    expect(whole.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(whole.content[2]).toMatchObject({ name: 'weather', input: { city: 'Zürich 🏔', days: 3 } });
    expect(whole.stop_reason).toBe('tool_use');
    expect(whole.usage).toMatchObject({
      input_tokens: 30,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 10,
      output_tokens: 40,
    });
    const withoutIds = (content: readonly Anthropic.ContentBlock[]) => content.map((block) => ({ ...block, id: '' }));
    expect(withoutIds(streamed.content)).toEqual(withoutIds(whole.content));
    expect(streamed.usage).toMatchObject({ input_tokens: 30, output_tokens: 40 });
    expect(streamed.stop_reason).toBe('tool_use');
  });

  it('with the thinking back in the next request', async () => {
    server.reply(turn, { text: 'Sunny.' });
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const tools = [{ name: 'weather', input_schema: { type: 'object' as const } }];
    const first = await client().messages.create({ ...request, thinking, tools });
    const results = first.content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ type: 'tool_result' as const, tool_use_id: block.id, content: 'sun' }));
    const messages = [
      ...request.messages,
      { role: 'assistant' as const, content: first.content as Anthropic.ContentBlockParam[] },
      { role: 'user' as const, content: results },
    ];
    const second = await client().messages.create({ ...request, thinking, tools, messages });

    expect(second.content[0]).toMatchObject({ text: 'Sunny.' });
    expect(server.requests.map(({ reasoningParts }) => reasoningParts)).toEqual([0, 1]);
  });

  it('and its errors, also within a stream', async () => {
    server.reply({ status: 529 }, { text: 'Well then', fault: { type: 'error-event', after: 1 } });
    const early: unknown = await client()
      .messages.create(request)
      .catch((error: unknown) => error);
    const late: unknown = await client()
      .messages.stream(request)
      .finalMessage()
      .catch((error: unknown) => error);

    expect(early).toMatchObject({ status: 529, type: 'overloaded_error', requestID: expect.stringMatching(/^req_/) });
    expect(late).toMatchObject({ type: 'overloaded_error' });
  });
});
