import { describe, expect, it } from '@jest/globals';
import { detectLanguage } from './language.js';
import { Vocabulary, wordsOf } from './vocabulary.js';

describe('detectLanguage', () => {
  it.each([
    ['eng', 'The moon is the cause of the tides, and the sun is another.'],
    ['deu', 'Der Mond ist die Ursache der Gezeiten, und die Sonne ist eine andere.'],
    ['fra', 'La lune est la cause des marées, et le soleil en est une autre, mais avec moins de force.'],
    ['spa', 'La luna es la causa de las mareas, y el sol es otra, pero con menos fuerza para ellas.'],
    ['rus', 'Луна является причиной приливов, и солнце тоже, но не так сильно, как она.'],
    ['eng', '潮力発電は潮の満ち引きを利用して電気を作る方法です。'],
    ['eng', ''],
  ])('finds %s', (code, text) => {
    expect(detectLanguage(text).code).toBe(code);
  });
});

describe('Vocabulary', () => {
  const terms = (language: string, text: string): readonly number[] =>
    new Vocabulary(detectLanguage(language)).terms(text);

  it('makes one term of the forms of a word, and none of function words', () => {
    expect(terms('', 'The barrages of a barrage')).toEqual([0, 0]);
    expect(terms('Der Damm und die Fische, das ist nicht gut für sie.', 'Fische Fischen und')).toEqual([0, 0]);
    expect(terms('Плотина вредит, и это не так хорошо, как она.', 'рыбам рыбы')).toEqual([0, 0]);
  });

  it('knows camelCase as a whole and by its parts', () => {
    expect(terms('', 'maxRetries max retries')).toEqual([0, 1, 2, 1, 2]);
  });

  it('takes possessives for their word', () => {
    expect(terms('', "moon's moon’s Moon")).toEqual([0, 0, 0]);
  });

  it('does not mistake names of object members for terms', () => {
    expect(terms('', 'constructor __proto__ constructor')).toEqual([0, 1, 0]);
  });
});

describe('wordsOf', () => {
  it('splits at hyphens and symbols, and segments scripts without spaces', () => {
    expect(wordsOf("kebab-case isn't v2.0 naïve")).toEqual(['kebab', 'case', "isn't", 'v2', '0', 'naïve']);
    expect(wordsOf('魚や鳥').length).toBeGreaterThan(1);
    expect(wordsOf(' …— ')).toEqual([]);
  });
});
