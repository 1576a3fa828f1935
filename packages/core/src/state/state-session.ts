import { EspalierError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import type { WritesDeclaration } from '../metadata/agent-metadata.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { StateDefinition, StateRegistry } from './state-definition.js';
import type { StateHandle } from './state-handle.js';
import { applyWrite, type Frontier, viewOf } from './state-view.js';

/** Shared state during one attempt of a node: its view, and its writes until they commit with its success. */
export class StateSession {
  readonly #node: string;
  readonly #frontier: Frontier;
  readonly #declared: readonly WritesDeclaration[];
  readonly #registry: StateRegistry;
  readonly #handles = new Map<new () => object, StateHandle<object>>();
  /** What this node sees, by name of the state; only of those that it has looked at. */
  readonly #views = new Map<string, Readonly<Record<string, unknown>>>();
  readonly writes: StateWrite[] = [];

  constructor(node: string, frontier: Frontier, declared: readonly WritesDeclaration[], registry: StateRegistry) {
    this.#registry = registry;
    this.#node = node;
    this.#frontier = frontier;
    this.#declared = declared;
  }

  handle<S extends object>(state: new () => S): StateHandle<S> {
    let handle = this.#handles.get(state);
    if (handle === undefined) {
      handle = this.#open(state);
      this.#handles.set(state, handle);
    }
    return handle as StateHandle<S>;
  }

  /** Takes over what a nested node wrote: from here on these are this node's writes. */
  adopt(writes: readonly StateWrite[]): void {
    this.writes.push(...writes);
    this.#views.clear();
  }

  #open(state: new () => object): StateHandle<object> {
    const definition = this.#registry.read(state);
    return {
      read: () => this.#view(definition),
      write: (update) => {
        // All fields, or none: a caller may catch the error and go on.
        const writes: StateWrite[] = [];
        const view = { ...this.#view(definition) };
        for (const [field, value] of Object.entries(update)) {
          if (value === undefined) continue;
          const plain = this.#check(state, definition, field, value);
          this.#registry.learn(definition, field, plain);
          applyWrite(view, definition, field, plain);
          writes.push({ state: definition.name, field, value: plain });
        }
        this.writes.push(...writes);
        this.#views.set(definition.name, Object.freeze(view));
      },
    };
  }

  #view(definition: StateDefinition): Readonly<Record<string, unknown>> {
    const known = this.#views.get(definition.name);
    if (known !== undefined) return known;
    const own = this.writes.filter(({ state }) => state === definition.name);
    let view = viewOf(definition, this.#frontier);
    if (own.length > 0) {
      const next = { ...view };
      for (const { field, value } of own) applyWrite(next, definition, field, value);
      view = Object.freeze(next);
    }
    this.#views.set(definition.name, view);
    return view;
  }

  #check(state: new () => object, { name, initial }: StateDefinition, field: string, value: unknown): Json {
    const where = { node: this.#node, class: `${name}.${field}` };
    if (!Object.hasOwn(initial, field)) {
      throw new EspalierError('state-undeclared', `${name} has no field '${field}'; it has ${fieldList(initial)}.`, {
        hint: `Give the field an initial value in class ${name}.`,
        where,
      });
    }
    const declared = this.#declared.filter((writes) => writes.state === state);
    if (declared.length > 0 && !declared.some(({ fields }) => fields.includes(field))) {
      throw new EspalierError(
        'state-undeclared',
        `Node '${this.#node}' wrote ${name}.${field}, which it does not declare.`,
        {
          hint: `Write @Writes(${name}, '${field}') on its class.`,
          where,
        },
      );
    }
    return toPlain(value, { node: this.#node, what: `${name}.${field}` }) as Json;
  }
}

const fieldList = (initial: object): string => Object.keys(initial).join(', ') || 'none';
