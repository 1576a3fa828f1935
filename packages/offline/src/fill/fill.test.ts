import type { Json, JsonSchema } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { gather, type Material } from '../reading/material.js';
import { Pace } from '../reading/pace.js';
import { sourceOf } from '../reading/source.js';
import { type FillOptions, fillSchema } from './fill.js';

const tides = `# Tides

Tides are the rise and fall of sea levels, which the moon and the sun cause.

## Power

A tidal barrage stores water behind a dam. The barrage of La Rance was opened on 1966-11-26. It supplies 130,000 households.
Write to ada@example.org or see https://example.org/rance for more of it.

## Harm

Barrages change the salinity of an estuary, which harms fish. Fish cannot pass the turbines without a ladder.`;

const read = (texts: readonly string[], question?: string): Promise<Material> =>
  gather(
    texts.map((text) => sourceOf('document', text)),
    question === undefined ? undefined : { text: question, strength: 1 },
    { characters: 100_000, sentences: 100 },
    new Pace(new AbortController().signal),
  );
const fill = async (
  schema: JsonSchema,
  {
    text = tides,
    question,
    ...options
  }: Partial<FillOptions> & { text?: string | readonly string[]; question?: string } = {},
): Promise<Json> =>
  fillSchema(schema, await read(typeof text === 'string' ? [text] : text, question), { task: '', ...options });
const property = async (
  name: string,
  schema: JsonSchema,
  options: Parameters<typeof fill>[1] = {},
): Promise<Json | undefined> => {
  const value = await fill({ type: 'object', properties: { [name]: schema }, required: [name] }, options);
  return (value as Record<string, Json>)[name];
};
const string = { type: 'string' };

describe('a text is filled by what its property is for', () => {
  it.each([
    ['title', 'Tides'],
    ['publishedDate', '1966-11-26'],
    ['contactEmail', 'ada@example.org'],
    ['link', 'https://example.org/rance'],
    ['salinity', 'Barrages change the salinity of an estuary, which harms fish.'],
    ['limitation', 'Fish cannot pass the turbines without a ladder.'],
  ])('%s', async (name, expected) => {
    expect(await property(name, string)).toBe(expected);
  });

  it('summary: whole sentences in order, beginning with what the text is about', async () => {
    const summary = (await property('summary', { ...string, description: 'Two sentences.' })) as string;
    expect(summary.startsWith('Tides are the rise and fall')).toBe(true);
    expect(summary.match(/[.](?:\s|$)/g)).toHaveLength(2);
  });

  it('quote: word for word', async () => {
    const quote = (await property('quote', string, { question: 'What harms fish?' })) as string;
    expect(tides).toContain(quote);
    expect(quote).toContain('harms fish');
  });

  it('statement: the core of a sentence, but never without the words of the question', async () => {
    const text = 'The barrage of the bay stores a lot of water (since 1966); the fish of the bay suffer most.';
    expect(await property('claim', string, { text })).toBe('The barrage of the bay stores a lot of water.');
    expect(await property('claim', string, { text, question: 'Who suffers?' })).toBe(text);
  });

  it('question: what was asked', async () => {
    expect(await property('question', string, { question: 'What harms fish?' })).toBe('What harms fish?');
  });

  it('within its length, format and pattern', async () => {
    expect(await property('summary', { ...string, maxLength: 30 })).toBe('Tides are the rise and fall…');
    expect(await property('slug', { ...string, pattern: '^[a-z-]+$' })).toMatch(/^[a-z-]+$/);
    expect(await property('when', { ...string, format: 'date-time' })).toBe('1966-11-26T00:00:00Z');
    expect(await property('site', { ...string, format: 'uri' })).toBe('https://example.org/rance');
    expect(await property('code', { ...string, pattern: '^[A-Z]{2}-\\d{4}$' })).toBe('AA-0000');
  });
});

describe('a number is filled', () => {
  it('by the sentence that shares its words', async () => {
    expect(await property('households', { type: 'integer' })).toBe(130_000);
  });

  it('by how well the question is answered, where it is a score', async () => {
    const score = { type: 'number', minimum: 0, maximum: 10 };
    const well = (await property('relevance', score, { question: 'What harms fish?' })) as number;
    const badly = (await property('relevance', score, { question: 'Who won the election in Finland?' })) as number;
    expect(well).toBeGreaterThan(6);
    expect(badly).toBeLessThan(2);
  });

  it('within its range and step', async () => {
    expect(await property('households', { type: 'integer', maximum: 99, multipleOf: 10 })).toBe(90);
    expect(await property('share', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 })).toBeGreaterThan(0);
  });
});

describe('a choice is made', () => {
  it('by the option whose words stand in the material', async () => {
    expect(await property('subject', { enum: ['football', 'barrage', 'election'] })).toBe('barrage');
  });

  it('by what the task says of the options', async () => {
    const task = 'billing: money, invoices and refunds.\nshipping: parcels, delivery and delay.';
    const text = 'My parcel has not come, and its delivery is a week late.';
    expect(await property('route', { enum: ['billing', 'shipping'] }, { task, text })).toBe('shipping');
  });

  it('by coverage where the options are a scale', async () => {
    const verdict = { enum: ['supported', 'partial', 'unsupported'] };
    expect(await property('verdict', verdict, { question: 'What harms fish?' })).toBe('supported');
    expect(await property('verdict', verdict, { question: 'Who won in Finland?' })).toBe('unsupported');
  });

  it('of null where nothing tells and null is allowed', async () => {
    expect(await property('genre', { enum: ['jazz', 'rock', null] })).toBeNull();
  });

  it('of true or false by evidence and denial', async () => {
    const boolean = { type: 'boolean' };
    expect(await property('answersQuestion', boolean, { question: 'What harms fish?' })).toBe(true);
    expect(await property('answersQuestion', boolean, { question: 'Who won in Finland?' })).toBe(false);
    expect(await property('hasDam', boolean)).toBe(true);
    expect(await property('hasFerry', boolean)).toBe(false);
    expect(await property('approved', boolean, { text: '{"problems": ["It is wrong."]}' })).toBe(false);
  });
});

describe('an array is filled', () => {
  const points: JsonSchema = {
    type: 'array',
    items: { type: 'object', properties: { claim: string, quote: string }, required: ['claim', 'quote'] },
  };
  const claims = async (options: Parameters<typeof fill>[1], schema: JsonSchema = points) =>
    (await property('keyPoints', schema, options)) as { claim: string; quote: string }[];

  it('with as many items as the task or description says', async () => {
    expect(await claims({ task: 'Give the 2 key points.' })).toHaveLength(2);
    expect(await claims({}, { ...points, description: 'At most three points.' })).toHaveLength(3);
    expect(await claims({}, { ...points, maxItems: 1 })).toHaveLength(1);
  });

  it('with quotes of the claims beside them, word for word, each once', async () => {
    const found = await claims({});
    for (const { claim, quote } of found) {
      expect(tides).toContain(quote);
      expect(claim.slice(0, 20)).toBe(quote.slice(0, 20));
    }
    expect(new Set(found.map(({ quote }) => quote)).size).toBe(found.length);
  });

  it('with what answers the question first, and nothing that does not speak of it', async () => {
    const found = await claims({ question: 'What harms fish?' });
    expect(found[0]?.quote).toContain('harms fish');
    expect(found.every(({ quote }) => /fish/i.test(quote))).toBe(true);
    expect(await claims({ question: 'Who won in Finland?' })).toEqual([]);
  });

  it('up to its least number all the same', async () => {
    expect(await claims({ question: 'Who won in Finland?' }, { ...points, minItems: 2 })).toHaveLength(2);
  });

  it('with one record for each document, copied where it has fields', async () => {
    const documents = ['a.md', 'b.md'].map((path) =>
      JSON.stringify({ path, text: `# The ${path} page\n\nIt speaks of tides and of dams in ${path} only.` }),
    );
    const item = {
      type: 'object',
      properties: { path: string, title: string, summary: string },
      required: ['path', 'title', 'summary'],
    };
    expect(await property('documents', { type: 'array', items: item }, { text: documents })).toEqual([
      { path: 'a.md', title: 'The a.md page', summary: 'It speaks of tides and of dams in a.md only.' },
      { path: 'b.md', title: 'The b.md page', summary: 'It speaks of tides and of dams in b.md only.' },
    ]);
  });

  it('with chapters for sections, in their order', async () => {
    const sections = {
      type: 'array',
      items: { type: 'object', properties: { title: string, text: string }, required: ['title', 'text'] },
    };
    const found = (await property('sections', sections)) as { title: string }[];
    expect(found.map(({ title }) => title)).toEqual(['Power', 'Harm']);
  });

  it('with keywords, unique items and tuples', async () => {
    expect(await property('keywords', { type: 'array', items: string })).toContain('fish');
    const unique = (await property('numbers', {
      type: 'array',
      items: { type: 'boolean' },
      uniqueItems: true,
      minItems: 2,
    })) as Json[];
    expect(unique.toSorted()).toEqual([false, true]);
    const pair: object = { type: 'array', prefixItems: [{ const: 1 }, { type: 'null' }], items: false };
    expect(await property('pair', pair as JsonSchema)).toEqual([1, null]);
  });

  it('with something of each record before a second time of one', async () => {
    const said = (path: string, texts: readonly string[]) => ({
      document: path,
      points: texts.map((quote) => ({ quote })),
    });
    const digests = JSON.stringify([
      said('a.md', [
        'A tidal barrage is a dam that stores the water of the tides.',
        'The dam of a tidal barrage turns the water of the tides into power.',
        'Tidal power is the power of the tides that turn twice a day.',
      ]),
      said('b.md', ['Fish pass the ladder beside the lock in spring only.']),
      said('c.md', ['Boats wait at the lock until the gate has opened.']),
    ]);
    const cited = {
      type: 'array',
      items: { type: 'object', properties: { document: string, quote: string }, required: ['document', 'quote'] },
    };
    const found = (await property('points', cited, { text: digests, task: 'Give the 3 most important points.' })) as {
      document: string;
    }[];
    expect(found.map(({ document }) => document)).toEqual(['a.md', 'b.md', 'c.md']);
  });

  it('with nothing where it would have to judge: a list of problems', async () => {
    expect(await property('limitations', { type: 'array', items: string })).toEqual([]);
  });

  it('merges digests with quotes and paths of their own', async () => {
    const digests = JSON.stringify([
      { document: 'a.md', points: [{ statement: 'Tides turn twice.', quote: 'The tides turn twice a day in Brest.' }] },
      { document: 'b.md', points: [{ statement: 'Dams hold.', quote: 'A dam of stone holds the water back.' }] },
    ]);
    const cited = {
      type: 'array',
      items: {
        type: 'object',
        properties: { statement: string, document: string, quote: string },
        required: ['statement', 'document', 'quote'],
      },
    };
    expect(await property('points', cited, { text: digests })).toEqual([
      expect.objectContaining({ document: 'a.md', quote: 'The tides turn twice a day in Brest.' }),
      expect.objectContaining({ document: 'b.md', quote: 'A dam of stone holds the water back.' }),
    ]);
  });
});

describe('an object is filled', () => {
  it('in the order of its schema, without optional properties that would state nothing', async () => {
    const schema = {
      type: 'object',
      properties: { summary: string, genre: { enum: ['jazz', null] }, title: string },
      required: ['title'],
    };
    expect(Object.keys((await fill(schema)) as object)).toEqual(['summary', 'title']);
  });

  it('by copying what the input has', async () => {
    const text = JSON.stringify({ id: 'T-1', year: 1966, body: 'A dam of stone holds the water back.' });
    expect(
      await fill(
        { type: 'object', properties: { year: { type: 'integer' }, id: string }, required: ['year', 'id'] },
        { text },
      ),
    ).toEqual({
      year: 1966,
      id: 'T-1',
    });
  });

  it('with references, unions, defaults and constants', async () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        kind: { const: 'digest' },
        best: { $ref: '#/$defs/Point' },
        other: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/Point' }] },
        tone: { type: 'string', enum: ['jazzy', 'rocky'], default: 'rocky' },
      },
      required: ['kind', 'best', 'other', 'tone'],
      $defs: { Point: { type: 'object', properties: { quote: string }, required: ['quote'] } },
    };
    const value = (await fill(schema)) as { best: { quote: string }; other: { quote: string } };
    expect(value).toMatchObject({ kind: 'digest', tone: 'rocky' });
    expect(tides).toContain(value.best.quote);
    expect(tides).toContain(value.other.quote);
  });

  it('as a map, where only a least number of entries is given', async () => {
    const value = (await fill({ type: 'object', additionalProperties: string, minProperties: 3 })) as object;
    expect(Object.keys(value)).toHaveLength(3);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'with a property named %s of its own, and no other change',
    async (name) => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      const schema = JSON.parse(
        `{"type": "object", "properties": {"${name}": {"type": "object", "properties": {"polluted": {"const": true}}, "required": ["polluted"]}}, "required": ["${name}"]}`,
      ) as JsonSchema;
      const input = `{"${name}": {"polluted": true}, "text": "A dam of stone holds the water back."}`;
      for (const text of [input, tides]) {
        const value = (await fill(schema, { text })) as object;
        expect(Object.hasOwn(value, name)).toBe(true);
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
        expect(JSON.stringify(value)).toBe(`{"${name}":{"polluted":true}}`);
      }
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );
});

describe('a refused answer', () => {
  const schema = { type: 'object', properties: { statement: string, title: string }, required: ['statement', 'title'] };

  it('is answered otherwise at the refused paths only', async () => {
    const first = (await fill(schema)) as { statement: string; title: string };
    const second = (await fill(schema, { refused: { times: 1, paths: ['$.statement'] } })) as typeof first;
    expect(second.statement).not.toBe(first.statement);
    expect(second.title).toBe(first.title);
  });
});

describe('less is given', () => {
  it('where the answer has to be shorter', async () => {
    const schema = {
      type: 'object',
      properties: { summary: string, points: { type: 'array', items: string } },
      required: ['summary', 'points'],
    };
    const [whole, part] = [await fill(schema), await fill(schema, { amount: 0.25 })].map(
      (value) => JSON.stringify(value).length,
    );
    expect(part).toBeLessThan(whole as number);
  });
});

describe('nothing in the input', () => {
  it('still gives what fits', async () => {
    const schema = {
      type: 'object',
      properties: { title: string, score: { type: 'number', minimum: 1 }, points: { type: 'array', items: string } },
      required: ['title', 'score', 'points'],
    };
    expect(await fill(schema, { text: ' \r\n' })).toEqual({ title: '', score: 1, points: [] });
  });
});
