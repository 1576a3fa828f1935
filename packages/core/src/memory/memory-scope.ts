import { describeValue, EspalierError } from '../errors/espalier-error.js';

/**
 * Whose memory it is: the name of a field of the run's identity, such as `'user'`, or several, from the widest to the
 * narrowest: `['tenant', 'user']`. `'shared'` is nobody's in particular: all runs read and write the same.
 */
export type MemoryScope = string | readonly string[];

/** What `'shared'` stands for. No other scope begins with it, and it begins with no other. */
const SHARED = '*\n';

/**
 * A scope as text: what stores keep memory and threads by.
 *
 * Each field is a line of its own, `"user"="7"` and a line feed, and JSON has no line feed within a text: no two scopes
 * are the same text, whatever ids are made of, and a scope lies within another exactly if it begins with its text.
 * @param what has this scope, for messages: `Memory 'profile'`
 * @throws memory-scope-missing where the identity does not say whose it is
 */
export function scopeText(scope: MemoryScope, identity: unknown, what: string): string {
  if (scope === 'shared') return SHARED;
  const fields = typeof scope === 'string' ? [scope] : scope;
  return fields.map((field) => `${JSON.stringify(field)}=${JSON.stringify(idOf(field, identity, what))}\n`).join('');
}

function idOf(field: string, identity: unknown, what: string): string {
  const has = typeof identity === 'object' && identity !== null && Object.hasOwn(identity, field);
  const id = has ? (identity as Readonly<Record<string, unknown>>)[field] : undefined;
  if (typeof id === 'string' && id !== '') return id;
  const got = has ? `its '${field}' is ${describeValue(id)}` : `has no '${field}'`;
  throw new EspalierError(
    'memory-scope-missing',
    `${what} belongs to one ${field}: expected an identity whose '${field}' is a text, and the given one ${got}.`,
    { hint: `Start the run with { identity: { ${field}: '…' } }.` },
  );
}

/** The fields and ids that {@link scopeText} was made of; none for what is shared. */
export function ownerOf(scope: string): Readonly<Record<string, string>> {
  if (scope === SHARED) return {};
  const fields = scope.split('\n').slice(0, -1);
  return Object.fromEntries(fields.map((line) => JSON.parse(`[${line.replace(/^("(?:[^"\\]|\\.)*")=/, '$1,')}]`)));
}

/** @throws option-invalid unless it is a scope */
export function checkedScope(scope: unknown, what: string): MemoryScope {
  const fields: readonly unknown[] = Array.isArray(scope) ? scope : [scope];
  const named = fields.length > 0 && fields.every((field) => typeof field === 'string' && field !== '');
  const single = !Array.isArray(scope) || (new Set(fields).size === fields.length && !fields.includes('shared'));
  if (named && single) return Array.isArray(scope) ? Object.freeze([...(scope as string[])]) : (scope as string);
  throw new EspalierError(
    'option-invalid',
    `${what}: scope: expected 'shared', a field of the identity or a list of different ones, got ${describeValue(scope)}.`,
    { hint: "Write scope: 'user', scope: ['tenant', 'user'], or scope: 'shared' for all runs." },
  );
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** @throws option-invalid unless it is a name in kebab-case */
export function checkedName(name: unknown, caller: string): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new EspalierError(
    'option-invalid',
    `${caller}: name: expected up to 64 small letters, digits and '-', got ${describeValue(name)}.`,
    { hint: `Write ${caller}({ name: 'profile', … }).` },
  );
}
