import { type ProviderApiName, type ProviderServer, type ProviderTurn, startProviderServer } from '@espalier/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';

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
const serve = (api: ProviderApiName) => async () => {
  server = await startProviderServer({ api });
};
afterEach(() => server.close());

describe("OpenAI's SDK reads the Responses API", () => {
  beforeEach(serve('openai-responses'));
  const client = () => new OpenAI({ baseURL: server.baseURL, apiKey: 'test', maxRetries: 0 });
  const request = { model: 'gpt-5.5', input: 'Hi', include: ['reasoning.encrypted_content' as const] };

  it('as JSON and as a stream, the same', async () => {
    server.reply(turn, turn);
    const whole = await client().responses.create(request);
    const { output, output_text: text } = await client().responses.stream(request).finalResponse();

    expect(whole.output_text).toBe('Let me look, twice.');
    expect(whole.output.map((item) => item.type)).toEqual(['reasoning', 'message', 'function_call', 'function_call']);
    expect(whole._request_id).toMatch(/^req_/);
    expect(whole.usage).toMatchObject({
      input_tokens: 100,
      output_tokens: 40,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens_details: { reasoning_tokens: 5 },
    });
    expect(text).toBe(whole.output_text);
    const kinds = (items: readonly OpenAI.Responses.ResponseOutputItem[]) =>
      items.map((item) => (item.type === 'function_call' ? item.arguments : item.type));
    expect(kinds(output)).toEqual(kinds(whole.output));
    expect(kinds(output).at(-2)).toBe('{"city":"Zürich 🏔","days":3}');
  });

  it('with the reasoning back in the next request', async () => {
    server.reply(turn, { text: 'Sunny.' });
    const first = await client().responses.create({ ...request, store: false });
    const results = first.output
      .filter((item) => item.type === 'function_call')
      .map((item) => ({ type: 'function_call_output' as const, call_id: item.call_id, output: 'sun' }));
    const input = [{ role: 'user', content: 'Hi' }, ...first.output, ...results] as OpenAI.Responses.ResponseInput;
    const second = await client().responses.create({ ...request, store: false, input });

    expect(second.output_text).toBe('Sunny.');
    expect(server.requests.map(({ reasoningParts }) => reasoningParts)).toEqual([0, 1]);
  });

  it('cut at a length, and refused', async () => {
    server.reply({ text: 'Well', finishReason: 'length' }, { refusal: "I can't." });
    const cut = await client().responses.create(request);
    const refused = await client().responses.create(request);

    expect([cut.status, cut.incomplete_details?.reason]).toEqual(['incomplete', 'max_output_tokens']);
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal', refusal: "I can't." }] });
  });

  it('and its errors', async () => {
    server.reply({ status: 400, code: 'context_length_exceeded', message: 'Too long.' });
    const error: unknown = await client()
      .responses.create(request)
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ code: 'context_length_exceeded', message: '400 Too long.' });
  });
});

describe("OpenAI's SDK reads Chat Completions", () => {
  beforeEach(serve('openai-chat'));
  const client = () => new OpenAI({ baseURL: server.baseURL, apiKey: 'test', maxRetries: 0 });
  const request = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hi' }] };

  it('as JSON and as a stream, the same', async () => {
    server.reply(turn, turn);
    const whole = await client().chat.completions.create(request);
    const streamed = await client()
      .chat.completions.stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion();

    const [choice, other] = [whole.choices[0], streamed.choices[0]];
    expect(choice?.message.content).toBe('Let me look, twice.');
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.tool_calls).toHaveLength(2);
    const argumentsOf = (message?: OpenAI.Chat.ChatCompletionMessage) =>
      message?.tool_calls?.map((call) => call.type === 'function' && call.function.arguments);
    expect(argumentsOf(other?.message)).toEqual(argumentsOf(choice?.message));
    expect(other?.message.content).toBe(choice?.message.content);
    expect(other?.finish_reason).toBe('tool_calls');
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 40, total_tokens: 140 });
  });

  it('refused', async () => {
    server.reply({ refusal: "I can't." });
    const { choices } = await client().chat.completions.create(request);

    expect(choices[0]?.message).toMatchObject({ content: null, refusal: "I can't." });
  });
});
