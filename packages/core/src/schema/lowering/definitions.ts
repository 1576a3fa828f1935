import type { JsonSchema } from '../json.js';
import { jsonPath } from '../json-path.js';
import { laterShape, type Shape, unknownShape } from './shape.js';

interface Definition {
  readonly name: string;
  shape?: Shape;
}

/** What `$ref`s lead to: each is lowered once, under a name of its own. */
export class Definitions {
  readonly #byPointer = new Map<string, Definition>();
  readonly #names = new Set<string>();
  /** References to the whole. They get their text when it is known whether the whole is wrapped. */
  readonly #toRoot: { $ref: string }[] = [];
  #root: Shape = unknownShape;

  /** A reference to the whole schema. */
  refToRoot(): Shape {
    const schema = { $ref: '#' };
    this.#toRoot.push(schema);
    return laterShape(schema, () => this.#root);
  }

  /** A reference to a part. `lower` is asked the first time only. */
  refTo(pointer: string, lower: (path: string) => Shape): Shape {
    let definition = this.#byPointer.get(pointer);
    if (definition === undefined) {
      definition = { name: this.#nameOf(pointer) };
      this.#byPointer.set(pointer, definition);
      definition.shape = lower(jsonPath(pointer.split('/').slice(1)));
    }
    const { name } = definition;
    const known = definition;
    return laterShape({ $ref: `#/$defs/${name}` }, () => known.shape ?? unknownShape);
  }

  /** The whole, with the parts that it refers to; as `{ value }` where it has to be wrapped. */
  finish(root: Shape, wrap: boolean): JsonSchema {
    this.#root = root;
    const name = wrap && this.#toRoot.length > 0 ? this.#nameOf('#/root') : undefined;
    if (name !== undefined) for (const reference of this.#toRoot) reference.$ref = `#/$defs/${name}`;
    const entries = [...this.#byPointer.values()].map((entry) => [entry.name, entry.shape?.schema ?? {}]);
    if (name !== undefined) entries.push([name, root.schema]);
    const definitions = entries.length === 0 ? {} : { $defs: Object.fromEntries(entries) as JsonSchema };
    if (!wrap) return { ...root.schema, ...definitions };
    const value = name === undefined ? root.schema : { $ref: `#/$defs/${name}` };
    return { type: 'object', properties: { value }, required: ['value'], additionalProperties: false, ...definitions };
  }

  #nameOf(pointer: string): string {
    const base = (pointer.split('/').at(-1) ?? '').replace(/[^\w-]/g, '_') || 'part';
    let name = base;
    for (let index = 2; this.#names.has(name); index++) name = `${base}_${index}`;
    this.#names.add(name);
    return name;
  }
}
