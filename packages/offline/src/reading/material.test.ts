import { describe, expect, it } from '@jest/globals';
import { gather, speaksOf } from './material.js';
import { Pace } from './pace.js';
import { sourceOf } from './source.js';

const limits = { characters: 100_000, sentences: 100 };
const gathered = (texts: readonly string[], question?: string, signal = new AbortController().signal, given = limits) =>
  gather(
    texts.map((text) => sourceOf('document', text)),
    question === undefined ? undefined : { text: question, strength: 1 },
    given,
    new Pace(signal),
  );

describe('gather', () => {
  it('keeps facts in the order of the input, with scores up to 1', async () => {
    const { facts } = await gathered(
      ['# A\n\nTides turn twice a day.', 'A dam holds the water back.'],
      'What does a dam hold?',
    );
    expect(facts.map(({ order, text }) => [order, text])).toEqual([
      [0, 'Tides turn twice a day.'],
      [1, 'A dam holds the water back.'],
    ]);
    expect(facts.map(({ score }) => score)).toEqual([expect.any(Number), 1]);
    expect(facts[0]?.score).toBeLessThan(0.5);
  });

  it('takes the outermost heading of a text for its title, also above nothing but badges', async () => {
    const { titles, sources } = await gathered([
      '## Sub\n\nText is here.\n\n# Name\n\n![badge](b.svg)\n\n# Later\n\nMore text.',
    ]);
    expect(titles.get(sources[0] as never)?.text).toBe('Name');
  });

  it('lets words that most titles share count for little', async () => {
    const texts = ['# Tides of Brest\n\nTides turn here twice.', '# Tides of York\n\nTides are high here.'];
    const { query, vocabulary } = await gathered(texts, 'How high are tides?');
    expect(query.get(vocabulary.term('tides'))).toBeLessThan(query.get(vocabulary.term('high')) as number);
  });

  it('knows which facts speak of the question, by their headings too', async () => {
    const material = await gathered(
      ['# Fees\n\n## Refunds\n\nIt takes ten days.\n\n## Other\n\nNothing is here.'],
      'refund',
    );
    expect(material.facts.map((fact) => speaksOf(fact, material))).toEqual([true, false]);
  });

  it('shares the characters out among texts: none is left unread', async () => {
    const long = 'The keeper noted the weather of the day in his book.\n\n'.repeat(20_000);
    const { facts, sources } = await gathered([long, 'A dam holds the water back.'], 'dam', undefined, {
      characters: 65_536,
      sentences: 10,
    });
    expect(facts.some((fact) => fact.source === sources[1])).toBe(true);
    expect(facts.length).toBeLessThan(2_000);
  });

  it('throws the reason of an abort', async () => {
    await expect(gathered(['Tides turn.'], undefined, AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
      'stopped',
    );
  });

  it('is empty for no sources', async () => {
    expect((await gathered([])).facts).toEqual([]);
  });
});
