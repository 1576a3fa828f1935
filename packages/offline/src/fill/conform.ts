import type { JsonSchema } from '@espalier/core';
import { fits, lengthOf, numberOf, patternOf } from './fits.js';
import { emptyOf, findFormat } from './formats.js';
import { sampleOf } from './pattern-sample.js';
import { clip } from './shorten.js';

/**
 * The first text that fits a string schema, trying each as it stands, shortened, lengthened and in common spellings.
 *
 * @param more text for reaching `minLength`, and for finding values of a format or pattern
 */
export function conform(
  schema: JsonSchema,
  candidates: readonly string[],
  more: string,
): { readonly value: string; readonly found: boolean } {
  const ok = (value: string): boolean => fits({ ...schema, type: 'string' }, value, schema);
  const format = typeof schema.format === 'string' ? schema.format : undefined;
  const found = [
    ...candidates,
    ...(format === undefined ? [] : findFormat(format, candidates.join('\n'))),
    ...(format === undefined ? [] : findFormat(format, more)),
  ];
  for (const candidate of found) {
    if (ok(candidate)) return { value: candidate, found: true };
    const sized = resize(schema, candidate, more);
    if (ok(sized)) return { value: sized, found: true };
  }
  if (typeof schema.pattern === 'string') {
    for (const candidate of [
      ...candidates.flatMap(spellings),
      ...hits(schema.pattern, `${candidates.join('\n')}\n${more}`),
    ])
      for (const value of [candidate, resize(schema, candidate, '')]) if (ok(value)) return { value, found: true };
  }
  const empties = [format === undefined ? undefined : emptyOf(format), sampleOf(schema), '', '-'];
  for (const empty of empties) {
    if (empty === undefined) continue;
    for (const value of [empty, resize(schema, empty, '')]) if (ok(value)) return { value, found: false };
  }
  return { value: candidates[0] ?? '', found: false };
}

function resize(schema: JsonSchema, text: string, more: string): string {
  const least = numberOf(schema, 'minLength', 0);
  const most = numberOf(schema, 'maxLength', Number.POSITIVE_INFINITY);
  let sized = text;
  if (least > 0 && lengthOf(sized) < least && more !== '' && !sized.includes(more)) sized = `${sized} ${more}`.trim();
  sized = clip(sized, most);
  return lengthOf(sized) < least ? sized + '.'.repeat(least - lengthOf(sized)) : sized;
}

function spellings(text: string): readonly string[] {
  const slug = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const short = slug.split('-').slice(0, 6).join('-');
  return [
    ...new Set([
      slug,
      short,
      slug.toUpperCase(),
      short.replace(/-/g, '_'),
      short.replace(/-/g, ''),
      text.replace(/\D+/g, ''),
      text.split(/\s+/)[0] ?? '',
    ]),
  ];
}

/** Stretches of a text that match a pattern, its anchors taken as those of a word. */
function hits(pattern: string, text: string): readonly string[] {
  const loose = patternOf(pattern.replace(/^\^/, '(?<!\\S)').replace(/\$$/, '(?!\\S)'));
  if (loose === undefined) return [];
  const sample = text.slice(0, 50_000);
  return [...sample.matchAll(new RegExp(loose.source, `${loose.flags}g`))]
    .slice(0, 20)
    .map((match) => match[0])
    .filter((hit) => hit !== '');
}
