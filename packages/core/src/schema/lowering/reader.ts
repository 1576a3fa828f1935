import type { JsonSchema } from '../json.js';

/** Any part of a JSON Schema that stands where a schema does. */
export type AnySchema = JsonSchema | boolean;

/** Where schemas stand in a schema, besides definitions. */
const holders = ['items', 'additionalProperties', 'additionalItems', 'propertyNames'];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const maps = ['properties', 'patternProperties'];

/** Reads what `$ref` leads to, and tells what contains itself. */
export class SchemaReader {
  readonly #recursive = new Map<string, boolean>();
  readonly #endless = new Map<string, boolean>();
  readonly #nullable = new Map<string, boolean>();

  constructor(private readonly root: JsonSchema) {}

  /** The part that a local pointer leads to: `#`, `#/$defs/Tree`. */
  resolve(pointer: string): AnySchema | undefined {
    if (pointer === '#') return this.root;
    if (!pointer.startsWith('#/')) return undefined;
    let part: unknown = this.root;
    for (const key of pointer.slice(2).split('/')) {
      const name = decode(key);
      if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
      part = (part as Record<string, unknown>)[name];
    }
    return isSchema(part) ? part : undefined;
  }

  /** Whether what a pointer leads to contains itself, at any depth. */
  isRecursive(pointer: string): boolean {
    return once(this.#recursive, pointer, () => this.#reaches(pointer, partsOf));
  }

  /** Whether it is nothing but itself, such as `A = A or text`: no value is needed to come round. */
  isEndless(pointer: string): boolean {
    return once(this.#endless, pointer, () => this.#reaches(pointer, alternativesOf));
  }

  /** Whether `null` is valid. */
  takesNull(schema: AnySchema): boolean {
    if (typeof schema === 'boolean') return schema;
    const { type, const: constant, enum: values, $ref } = schema;
    const anyOf = (schema.anyOf ?? schema.oneOf) as readonly AnySchema[] | undefined;
    const allOf = (schema.allOf ?? []) as readonly AnySchema[];
    if (type !== undefined && type !== 'null' && !(Array.isArray(type) && type.includes('null'))) return false;
    if (Object.hasOwn(schema, 'const') && constant !== null) return false;
    if (values !== undefined && !values.includes(null)) return false;
    if (anyOf !== undefined && !anyOf.some((branch) => this.takesNull(branch))) return false;
    if (!allOf.every((part) => this.takesNull(part))) return false;
    if (typeof $ref !== 'string') return true;
    const known = this.#nullable.get($ref);
    if (known !== undefined) return known;
    this.#nullable.set($ref, false); // what comes round to itself adds nothing
    const answer = this.takesNull(this.resolve($ref) ?? true);
    this.#nullable.set($ref, answer);
    return answer;
  }

  #reaches(pointer: string, next: (schema: JsonSchema) => readonly unknown[]): boolean {
    const seen = new Set<string>();
    const waiting: unknown[] = [this.resolve(pointer)];
    while (waiting.length > 0) {
      const part = waiting.pop();
      if (!isSchema(part) || typeof part === 'boolean') continue;
      const { $ref } = part;
      if ($ref === pointer) return true;
      if (typeof $ref === 'string' && !seen.has($ref)) {
        seen.add($ref);
        waiting.push(this.resolve($ref));
      }
      for (const inner of next(part)) waiting.push(inner);
    }
    return false;
  }
}

/** Asks once for each key. */
function once(known: Map<string, boolean>, key: string, ask: () => boolean): boolean {
  let answer = known.get(key);
  if (answer === undefined) {
    answer = ask();
    known.set(key, answer);
  }
  return answer;
}

export const isSchema = (value: unknown): value is AnySchema =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));

const alternativesOf = (schema: JsonSchema): readonly unknown[] =>
  ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []));

const partsOf = (schema: JsonSchema): readonly unknown[] => [
  ...holders.map((key) => schema[key]),
  ...lists.flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [])),
  ...(Array.isArray(schema.items) ? schema.items : []),
  ...maps.flatMap((key) => Object.values((schema[key] ?? {}) as object)),
];

/** A step of a JSON pointer in a URI. @see RFC 6901, section 6 */
function decode(step: string): string {
  let plain = step;
  try {
    plain = decodeURIComponent(step);
  } catch {
    // No URI after all: the name as it stands.
  }
  return plain.replaceAll('~1', '/').replaceAll('~0', '~');
}
