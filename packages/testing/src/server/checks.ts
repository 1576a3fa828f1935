import type { Body, Problem } from './provider-api.js';

/** Thrown within the checks of a request, caught where they began. */
class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

export function refuse(message: string, param?: string, code?: string): never {
  throw new Refusal({ message, ...(param === undefined ? {} : { param }), ...(code === undefined ? {} : { code }) });
}

/** Runs checks; gives what the first failed one says. */
export function problemOf(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.problem;
    throw error;
  }
}

export const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function listOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isBody) : [];
}

export const textIn = (body: Body, key: string): string => {
  const value = body[key];
  return typeof value === 'string' ? value : '';
};

const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

/** Names of tools: of allowed characters, each once. */
export function checkToolNames(names: readonly unknown[], path: (index: number) => string): void {
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || !toolName.test(name))
      refuse(`Invalid '${path(index)}': string does not match pattern '^[a-zA-Z0-9_-]{1,64}$'.`, path(index));
    if (names.indexOf(name) !== index) refuse(`${path(index)}: Tool names must be unique: '${name}'.`, path(index));
  }
}

const oneOf = (kinds: readonly string[]): string =>
  kinds.length === 1 ? `a ${kinds[0]}` : `one of ${kinds.join(', ')}`;

/** Fields with a known type; others are not looked at. */
export function checkTypes(body: Body, types: Readonly<Record<string, readonly string[]>>): void {
  for (const [key, kinds] of Object.entries(types)) {
    const value = body[key];
    if (value === undefined || value === null) continue;
    const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
    if (!kinds.includes(kind) && !(kind === 'integer' && kinds.includes('number')))
      refuse(`Invalid type for '${key}': expected ${oneOf(kinds)}, but got ${kind} instead.`, key);
  }
}
