import { describe, expect, it } from '@jest/globals';
import { Citations } from './citations.js';
import { citeSummary } from './cite-summary.js';

const document = {
  path: 'tides.md',
  title: 'Tides',
  text: '# Tides\n\nTides turn twice a day.\n\n- Power from the sea without a dam\n',
  links: [],
};
const digest = {
  path: 'tides.md',
  title: 'Tides',
  summary: 'Tides turn twice a day. Power from the sea without a dam.',
  points: [],
};
const cite = (summary: string) => {
  const citations = new Citations();
  return { told: citeSummary(summary, [digest], [document], citations), sources: citations.all() };
};

describe('citeSummary', () => {
  it('numbers what stands in a document word for word, where only the last full stop may be added', () => {
    const { told, sources } = cite('Tides turn twice a day. Power from the sea without a dam.');
    expect(told.map(({ citation }) => citation)).toEqual([1, 2]);
    expect(sources.map(({ quote, line }) => [quote, line])).toEqual([
      ['Tides turn twice a day.', 3],
      ['Power from the sea without a dam', 5],
    ]);
  });

  it('gives no number to what a model has worded anew', () => {
    const { told, sources } = cite('The sea rises two times a day.');
    expect(told).toEqual([{ text: 'The sea rises two times a day.', citation: null }]);
    expect(sources).toEqual([]);
  });
});
