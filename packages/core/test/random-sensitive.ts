import { type Random, randomOf } from './random.js';

export interface RandomCase {
  readonly schema: object;
  readonly value: unknown;
  /** The sensitive texts in it that are long enough to be looked for. */
  readonly secrets: readonly string[];
}

/** Characters that prompts, JSON and pointers treat as something else. */
const odd = ['"', '\\', '\n', '~', '/', '#', 'é', '😀', '<', '{', ' ', '0', 'k', 'q', 'x'];

/** A schema, and data of it; other texts never have a sensitive one in them. */
export function randomCase(seed: number): RandomCase {
  const random = randomOf(seed);
  const secrets: string[] = [];
  const { schema, value } = part(random, secrets, 3, false);
  return { schema: { properties: { of: schema } }, value: { of: value }, secrets };
}

interface Part {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

function part(random: Random, secrets: string[], depth: number, within: boolean): Part {
  const own = !within && random.below(3) === 0;
  const sensitive = within || own;
  const made = depth === 0 ? leaf(random, secrets, sensitive) : inner(random, secrets, depth, sensitive);
  const marked = own ? { ...made.schema, sensitive: true } : made.schema;
  return random.below(4) === 0
    ? { schema: { anyOf: [{ type: 'null' }, marked] }, value: made.value }
    : { schema: marked, value: made.value };
}

function inner(random: Random, secrets: string[], depth: number, sensitive: boolean): Part {
  const next = () => part(random, secrets, depth - 1, sensitive);
  switch (random.below(4)) {
    case 0: {
      const parts = Object.fromEntries(
        Array.from({ length: random.below(4) }, (_, at) => [
          `${random.pick(['a/', 'b~', 'c#', 'plain'])}${at}`,
          next(),
        ]),
      );
      const each = <T>(what: (one: Part) => T) =>
        Object.fromEntries(Object.entries(parts).map(([key, one]) => [key, what(one)]));
      return {
        schema: { type: 'object', properties: each(({ schema }) => schema) },
        value: each(({ value }) => value),
      };
    }
    case 1: {
      const item = next();
      return { schema: { type: 'array', items: item.schema }, value: [item.value] };
    }
    case 2: {
      const parts = [next(), next()];
      return {
        schema: { type: 'array', prefixItems: parts.map(({ schema }) => schema) },
        value: parts.map(({ value }) => value),
      };
    }
    default:
      return leaf(random, secrets, sensitive);
  }
}

function leaf(random: Random, secrets: string[], sensitive: boolean): Part {
  if (random.below(5) === 0) return { schema: { type: 'number' }, value: random.below(100) };
  const length = 1 + random.below(8);
  if (!sensitive) return { schema: { type: 'string' }, value: 'mno'.repeat(length) };
  const text = `§${Array.from({ length }, () => random.pick(odd)).join('')}§`;
  if (text.length >= 4) secrets.push(text);
  return { schema: { type: 'string' }, value: text };
}
