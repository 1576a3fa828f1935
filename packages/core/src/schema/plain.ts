import { EspalierError } from '../errors/espalier-error.js';
import { type Learner, learnInstances } from '../sensitive/learn.js';
import type { Json } from './json.js';
import { jsonPath } from './json-path.js';

/** What a value is, for the message when it is not plain. */
export interface PlainWhere {
  /** Node path. */
  readonly node?: string | undefined;
  /** What the value is, such as `the output of Writer.run`. */
  readonly what?: string | undefined;
  /** Takes up what instances mark with `@Sensitive()`. */
  readonly learner?: Learner;
}

/** How deep plain data may be nested: far more than any real data, far less than the stack. */
const MAX_DEPTH = 1000;

/** Objects that this module made: plain and frozen all the way down, so that they need not be looked at again. */
const known = new WeakSet<object>();

/**
 * A frozen copy of a value that crosses a border, as plain data. What came from here before is given back as it is.
 *
 * Instances of classes that only hold data become plain objects; properties that are `undefined` are left out.
 * @throws not-plain-data naming the JSON path and what to write instead
 */
export function toPlain(value: unknown, where: PlainWhere = {}): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      if (Number.isFinite(value)) return positiveZero(value);
      break;
    default:
      if (value === null) return null;
  }
  if (typeof value === 'object' && value !== null && known.has(value)) return value as Json;
  return new Copier(where).copyAll(value);
}

/** Copies one value; keeps the path that it is at. */
class Copier {
  readonly #where: PlainWhere;
  readonly #path: (string | number)[] = [];
  /** Objects that were met, with their copies; nothing yet for those that are being copied. */
  readonly #met = new Map<object, Json | undefined>();
  /** Those whose class may mark fields as sensitive. */
  #instances: object[] | undefined;

  constructor(where: PlainWhere) {
    this.#where = where;
  }

  /** A getter or a proxy may throw: that is no plain data either. */
  copyAll(value: unknown): Json {
    try {
      const copy = this.#copy(value, 0);
      if (this.#instances !== undefined) learnInstances(this.#where.learner as Learner, this.#instances);
      return copy;
    } catch (error) {
      if (EspalierError.is(error, 'not-plain-data')) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw this.#refuse(`not readable: ${message}`, 'Give what it would give as plain data.', error);
    }
  }

  #copy(value: unknown, depth: number): Json {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value)) return positiveZero(value);
        throw this.#refuse(String(value), 'Write null, or leave it out.');
      case 'bigint':
        throw this.#refuse('a bigint', 'Write String(value).');
      case 'function':
        throw this.#refuse(`the function ${value.name || '(anonymous)'}`, 'Leave it out: code does not cross borders.');
      case 'symbol':
        throw this.#refuse('a symbol', 'Write a string.');
      case 'undefined':
        throw this.#refuse('undefined in an array', 'Write null, or leave it out.');
      default:
        return value === null ? null : this.#copyObject(value as object, depth);
    }
  }

  #copyObject(value: object, depth: number): Json {
    if (known.has(value)) return value as Json;
    const met = this.#met.get(value);
    if (met !== undefined) return met;
    if (this.#met.has(value)) throw this.#refuse('a reference to itself', 'Write ids instead of references.');
    if (depth >= MAX_DEPTH) throw this.#refuse(`nested deeper than ${MAX_DEPTH} levels`, 'Flatten it.');
    this.#met.set(value, undefined);
    const copy = Array.isArray(value) ? this.#copyArray(value, depth) : this.#copyFields(value, depth);
    Object.freeze(copy);
    known.add(copy as object);
    this.#met.set(value, copy);
    return copy;
  }

  #copyArray(value: readonly unknown[], depth: number): Json {
    const copy = new Array<Json>(value.length);
    for (let index = 0; index < value.length; index++) {
      this.#path.push(index);
      copy[index] = this.#copy(value[index], depth + 1);
      this.#path.pop();
    }
    return copy;
  }

  #copyFields(value: object, depth: number): Json {
    this.#checkClass(value);
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(value)) {
      this.#path.push(key);
      const field = (value as Record<string, unknown>)[key];
      if (field !== undefined) {
        if (key === '__proto__' || key === 'constructor') this.#checkKey(key, field);
        copy[key] = this.#copy(field, depth + 1);
      }
      this.#path.pop();
    }
    return copy;
  }

  /** Keys by which code that merges objects can be made to change all of them. */
  #checkKey(key: string, field: unknown): void {
    const pollutes =
      key === '__proto__' || (typeof field === 'object' && field !== null && Object.hasOwn(field, 'prototype'));
    if (!pollutes) return;
    const what = key === '__proto__' ? "a key '__proto__'" : "a key 'constructor' with a prototype";
    throw this.#refuse(what, 'Use another key: this one changes prototypes.');
  }

  /** Instances are fine where nothing but their own fields matters. */
  #checkClass(value: object): void {
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (prototype === null || prototype === Object.prototype) return;
    if (value instanceof Date) throw this.#refuse('a Date', 'Write date.toISOString().');
    if (value instanceof Map) throw this.#refuse('a Map', 'Write Object.fromEntries(map).');
    if (value instanceof Set) throw this.#refuse('a Set', 'Write [...set].');
    if (value instanceof Promise) throw this.#refuse('a Promise', 'Write await before it.');
    if (value instanceof Error) throw this.#refuse('an Error', 'Write error.message.');
    if (value instanceof RegExp) throw this.#refuse('a RegExp', 'Write regexp.source.');
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      throw this.#refuse('binary data', 'Write it as base64 text.');
    }
    const name = value.constructor?.name ?? 'an unnamed class';
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      throw this.#refuse(`an instance of ${name}`, 'Write what its toJSON() gives.');
    }
    // Boxed primitives, collections of another realm: what they hold is not in their properties.
    if (Object.prototype.toString.call(value) !== '[object Object]') {
      throw this.#refuse(`an instance of ${name}`, 'Write the data that it holds.');
    }
    if (this.#where.learner === undefined) return;
    this.#instances ??= [];
    this.#instances.push(value);
  }

  #refuse(what: string, hint: string, cause?: unknown): EspalierError {
    const path = jsonPath(this.#path);
    const subject = this.#where.what ?? 'A value';
    return new EspalierError('not-plain-data', `${capitalised(subject)} is not plain data: ${path} is ${what}.`, {
      hint,
      where: { ...(this.#where.node === undefined ? {} : { node: this.#where.node }), path },
      cause,
    });
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** JSON has no -0: kept, it would be another number after a restart. */
const positiveZero = (value: number): number => (value === 0 ? 0 : value);
