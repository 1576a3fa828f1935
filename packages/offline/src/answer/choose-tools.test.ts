import { type ChatRequest, type Json, type JsonSchema, type Message, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { readConversation } from '../reading/conversation.js';
import { gather } from '../reading/material.js';
import { Pace } from '../reading/pace.js';
import { chooseTools } from './choose-tools.js';

const text = { type: 'string' };
const tool = (
  name: string,
  description: string,
  properties: Record<string, JsonSchema>,
  required = Object.keys(properties),
) => ({
  name,
  description,
  parameters: { type: 'object', properties, required } as JsonSchema,
});
const search = tool('search', 'Search the knowledge base', { query: text });
const weather = tool(
  'get_weather',
  'Tells the weather of a city',
  { city: text, days: { type: 'integer', default: 3 } },
  ['city'],
);
const remove = tool('delete_file', 'Deletes a file for ever', { path: text });

async function choose(task: string, request: Partial<ChatRequest>, messages: readonly Message[] = [], rounds = 2) {
  const whole = { messages: [userText(task), ...messages], ...request };
  const reading = readConversation(whole);
  const pace = new Pace(new AbortController().signal);
  const material = await gather(reading.sources, reading.question, { characters: 65_536, sentences: 100 }, pace);
  return chooseTools(whole, reading, material, rounds).map((call) => [call.tool, JSON.parse(call.arguments) as Json]);
}

describe('chooseTools', () => {
  it('chooses by the words that task and tool share', async () => {
    const calls = await choose('What is the weather in "Brest"?', { tools: [remove, weather] });
    expect(calls).toEqual([['get_weather', { city: 'Brest' }]]);
  });

  it('acts only where the task names the act', async () => {
    expect(await choose('Read the file docs/a.md.', { tools: [remove] })).toEqual([]);
    expect(await choose('Do not delete the file docs/a.md.', { tools: [remove] })).toEqual([]);
    expect(await choose('Delete the file docs/a.md.', { tools: [remove] })).toEqual([
      ['delete_file', { path: 'docs/a.md' }],
    ]);
  });

  it('looks up only where there is little to answer from', async () => {
    const document = Array.from({ length: 8 }, (_, index) => `Barrage ${index} harms the fish of its estuary.`).join(
      '\n\n',
    );
    const task = 'How do barrages harm fish?';
    expect(await choose(task, { tools: [search] })).toEqual([['search', { query: 'barrages harm fish' }]]);
    expect(await choose(`${task}\n\n<document>\n${document}\n</document>`, { tools: [search] })).toEqual([]);
  });

  it('takes numbers that stand beside their name', async () => {
    const list = tool('search', 'Search the knowledge base', { query: text, limit: { type: 'integer', minimum: 1 } });
    expect(await choose('Search for tides, limit 7.', { tools: [list] })).toEqual([
      ['search', expect.objectContaining({ limit: 7 })],
    ]);
  });

  it('never calls with the same arguments twice, and ends after its rounds', async () => {
    const first: Message = {
      role: 'assistant',
      content: [{ type: 'tool-call', id: 'call-1', tool: 'search', arguments: '{"query":"barrages harm fish"}' }],
    };
    const failed: Message = { role: 'tool', callId: 'call-1', tool: 'search', content: 'no index', failed: true };
    expect(await choose('How do barrages harm fish?', { tools: [search] }, [first, failed])).toEqual([]);
    expect(await choose('How do barrages harm fish?', { tools: [search] }, [], 0)).toEqual([]);
  });

  it('makes arguments that fit the parameters when a call is required', async () => {
    const [call] = await choose('Hello.', {
      tools: [
        tool('pay', 'Pay a bill', { amount: { type: 'number', minimum: 5 }, to: { type: 'string', minLength: 3 } }),
      ],
      toolChoice: 'required',
    });
    const given = call?.[1] as { amount: number; to: string };
    expect(given.amount).toBeGreaterThanOrEqual(5);
    expect(given.to.length).toBeGreaterThanOrEqual(3);
  });

  it('takes parameters of any name for data', async () => {
    const odd = JSON.parse(
      '{"__proto__": {"type": "string"}, "constructor": {"type": "string"}, "c++(": {"type": "integer"}}',
    );
    const calls = await choose('Search for "tides".', {
      tools: [tool('search', 'Search', odd)],
      toolChoice: 'required',
    });
    expect(Object.keys(calls[0]?.[1] as object).sort()).toEqual(['__proto__', 'c++(', 'constructor']);
    expect(Object.prototype).not.toHaveProperty('tides');
  });
});
