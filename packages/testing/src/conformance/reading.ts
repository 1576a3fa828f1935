import assert from 'node:assert/strict';

/** The texts within JSON, in the order in which they stand. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** All names and values of JSON as one text. */
export const writtenIn = (value: unknown): string => JSON.stringify(value) ?? '';

/** Each text stands in a request, whichever way its provider writes it. */
export function assertHolds(body: unknown, ...texts: readonly string[]): void {
  const written = writtenIn(body);
  for (const text of texts)
    assert.ok(written.includes(text), `The request lacks ${JSON.stringify(text)}: ${cut(written)}`);
}

export function assertLacks(body: unknown, ...texts: readonly string[]): void {
  const written = writtenIn(body);
  for (const text of texts)
    assert.ok(!written.includes(text), `The request has ${JSON.stringify(text)}: ${cut(written)}`);
}

/** The texts stand in this order. */
export function assertInOrder(body: unknown, ...texts: readonly string[]): void {
  assertHolds(body, ...texts);
  const written = writtenIn(body);
  const places = texts.map((text) => written.indexOf(text));
  const sorted = [...places].sort((a, b) => a - b);
  assert.deepEqual(places, sorted, `${texts.join(', ')} are to come in this order: ${cut(written)}`);
}

/** Whether a schema within a request makes this property required. */
export function requires(body: unknown, property: string): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { required } = body as { required?: unknown };
  if (Array.isArray(required) && required.includes(property)) return true;
  return Object.values(body).some((part) => requires(part, property));
}

/** Any value within JSON that is this one. */
export function hasValue(body: unknown, value: unknown): boolean {
  if (body === value) return true;
  return typeof body === 'object' && body !== null && Object.values(body).some((part) => hasValue(part, value));
}

const cut = (text: string): string => (text.length > 2000 ? `${text.slice(0, 2000)} …` : text);
