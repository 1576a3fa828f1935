import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

describe('readOptions', () => {
  it('gives the defaults', () => {
    expect(readOptions([])).toEqual({
      folder: undefined,
      question: undefined,
      out: undefined,
      force: false,
      help: false,
      maxFiles: 5000,
      maxFileBytes: 2_000_000,
      maxTotalBytes: 100_000_000,
      concurrency: 8,
      model: undefined,
    });
  });

  it('reads sizes and numbers', () => {
    const { maxFileBytes, maxTotalBytes, maxFiles } = readOptions([
      '--max-file',
      '1.5 kb',
      '--max-total=64M',
      '--max-files',
      '10_000',
    ]);
    expect([maxFileBytes, maxTotalBytes, maxFiles]).toEqual([1500, 64_000_000, 10_000]);
  });

  it.each([
    ['--questoin', 'Is --question meant?'],
    ['--max-flies', 'Is --max-files meant?'],
    ['--concurency', 'Is --concurrency meant?'],
    ['--xyz', 'There is no option --xyz.'],
  ])('says what is meant by %s', (flag, message) => {
    expect(() => readOptions([flag])).toThrow(message);
  });
});
