import { describe, expect, it } from '@jest/globals';
import { detectLanguage } from '../text/language.js';
import { Vocabulary } from '../text/vocabulary.js';
import { queryOf, questionIn, subjectWords } from './question.js';

const vocabulary = () => new Vocabulary(detectLanguage(''));

describe('questionIn', () => {
  it.each([
    ['Answer in 3 points.\n\nQuestion: Why do tides turn?\n\nBe brief.', 'Why do tides turn?'],
    ['Topic: tidal power', 'tidal power'],
    ['Answer “Why do tides turn?” from the text.', 'Why do tides turn?'],
    ['Read the text. Why do tides turn? Be brief.', 'Why do tides turn?'],
  ])('finds what is asked in %j', (task, text) => {
    expect(questionIn(task)).toEqual({ text, strength: 1 });
  });

  it('takes any other task for a hint', () => {
    expect(questionIn('Summarise the text.')).toEqual({ text: 'Summarise the text.', strength: 0.4 });
    expect(questionIn(' \n')).toBeUndefined();
  });
});

describe('queryOf', () => {
  const weights = (text: string, strength = 1): readonly number[] => [
    ...queryOf({ text, strength }, vocabulary()).values(),
  ];

  it('has the terms of the subject, with the weight of the question', () => {
    expect(weights('Why do tidal barrages harm fish?')).toEqual([1, 1, 1, 1]);
    expect(weights('Write about fish.', 0.4)).toEqual([0.4]);
  });

  it.each(['What is this about?', 'Digest the document.', 'Summarise this in 3 key points with quotes.'])(
    'is empty for %j, which has no subject',
    (text) => {
      expect(weights(text)).toEqual([]);
    },
  );

  it('is empty without a question', () => {
    expect(queryOf(undefined, vocabulary()).size).toBe(0);
  });
});

describe('subjectWords', () => {
  it('gives each word of the subject once, as it stands', () => {
    expect(subjectWords('Explain how Barrages harm fish, and which barrage harms most.', vocabulary())).toEqual([
      'Barrages',
      'harm',
      'fish',
    ]);
  });
});
