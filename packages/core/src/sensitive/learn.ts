import type { EngineRun } from '../engine/engine.js';
import { sensitiveFieldsOf } from '../metadata/sensitive-fields.js';
import { parseJson } from '../schema/parse-json.js';
import type { SchemaOf } from '../schema/schema.js';
import { pointerOf } from './marks.js';
import type { SensitiveShape } from './sensitive-shape.js';
import { SensitiveValues } from './sensitive-values.js';

/** What is known to be sensitive of a run. */
export type Learner = Pick<EngineRun, 'sensitive'>;

/** The marks of a record; nothing where it has none. */
export interface Marks {
  readonly sensitive?: readonly string[];
}

type Keys = readonly (string | number)[];

/**
 * Takes up the sensitive values of data that has the shape of a schema.
 * @param at where the data is in a record
 * @returns the marks of that record
 */
export function learn(run: Learner, schema: SchemaOf | undefined, value: unknown, at: Keys = []): Marks {
  return schema?.sensitive === undefined ? none : learnShape(run, schema.sensitive, value, at);
}

export function learnShape(run: Learner, shape: SensitiveShape, value: unknown, at: Keys = []): Marks {
  return marksOf(valuesOf(run).learn(value, shape, at));
}

/** The same for JSON that a model wrote. */
export function learnJson(run: Learner, schema: SchemaOf | undefined, text: string, at: Keys): Marks {
  return schema?.sensitive === undefined ? none : marksOf(valuesOf(run).learnJson(text, schema.sensitive, at));
}

/** The same for the arguments of a tool call, which are nothing but JSON: where they are none, all of them are sensitive. */
export function learnArguments(run: Learner, schema: SchemaOf | undefined, text: string, at: Keys): Marks {
  if (schema?.sensitive === undefined || text.trim() === '' || parseJson(text).ok)
    return learnJson(run, schema, text, at);
  learnWhole(run, text);
  return marksOf([pointerOf(at)]);
}

/** Takes up a value that is sensitive as a whole. */
export function learnWhole(run: Learner, value: unknown): void {
  valuesOf(run).add(value);
}

/** Takes up the fields that classes mark with `@Sensitive()`, of instances that are plain data. */
export function learnInstances(run: Learner, instances: readonly object[]): void {
  for (const instance of instances) {
    for (const field of sensitiveFieldsOf(instance.constructor)) {
      learnWhole(run, (instance as Readonly<Record<string, unknown>>)[field]);
    }
  }
}

/** Takes up what another run knows, such as a child run. */
export function learnAll(run: Learner, other: SensitiveValues | undefined): void {
  if (other === undefined || other === run.sensitive) return;
  if (run.sensitive === undefined) run.sensitive = other;
  else run.sensitive.addAll(other);
}

export const marksOf = (sensitive: readonly string[]): Marks => (sensitive.length === 0 ? none : { sensitive });

/** The marks of a record that has both. */
export const together = (...marks: readonly Marks[]): Marks =>
  marksOf(marks.flatMap(({ sensitive = [] }) => sensitive));

const none: Marks = Object.freeze({});

function valuesOf(run: Learner): SensitiveValues {
  run.sensitive ??= new SensitiveValues();
  return run.sensitive;
}
