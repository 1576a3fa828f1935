import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { errorCodes } from './codes.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));

/** The text of all TypeScript files below a folder, without what was built. */
function sourcesBelow(folder: string): readonly { readonly file: string; readonly text: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(?:^|[\\/])(?:node_modules|dist)[\\/]/.test(file))
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }));
}

const all = packages.flatMap((folder) => [...sourcesBelow(join(folder, 'src')), ...sourcesBelow(join(folder, 'test'))]);
const isTest = ({ file }: { readonly file: string }): boolean =>
  file.endsWith('.test.ts') || /[\\/]test[\\/]/.test(file);
const production = all.filter((one) => !isTest(one) && basename(one.file) !== 'codes.ts').map(({ text }) => text);
const tests = all.filter((one) => isTest(one) && basename(one.file) !== 'codes.test.ts').map(({ text }) => text);

/** What is only compared with a code does not throw it. */
const withoutComparisons = (text: string): string =>
  text.replace(/new Set<ErrorCode>\(\[[^\]]*\]\)|EspalierError\.is\([^()]*\)|code [!=]== '[a-z-]+'/g, '');

describe('error codes', () => {
  it('are all thrown somewhere', () => {
    const thrown = production.map(withoutComparisons).join('\n');
    expect(Object.keys(errorCodes).filter((code) => !thrown.includes(`'${code}'`))).toEqual([]);
  });

  it('are all named in a test', () => {
    const tested = tests.join('\n');
    expect(Object.keys(errorCodes).filter((code) => !tested.includes(`'${code}'`))).toEqual([]);
  });

  it.each(Object.entries(errorCodes))('%s is kebab-case, and says what it means and what to do', (code, info) => {
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(info.title).toMatch(/^[@A-Zr].*[^.]$/);
    expect(info.hint).toMatch(/^[A-Z`@'].*\.$/);
    expect(typeof info.retryable).toBe('boolean');
  });
});
