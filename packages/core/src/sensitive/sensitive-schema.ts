import { isPromise } from '../journal/maybe-promise.js';
import type { SchemaIssue, SchemaOf, SchemaResult } from '../schema/schema.js';
import { maskRanges } from './mask-record.js';
import { type SensitiveShape, sensitiveShape, withoutKeyword } from './sensitive-shape.js';
import { SensitiveValues, SHORTEST } from './sensitive-values.js';
import { TextIndex } from './text-index.js';
import { visitLeaves, visitSensitive } from './visit-sensitive.js';

/**
 * A schema that knows its sensitive parts. What it says of a wrong value does not quote them, and its JSON Schema is
 * without the keyword. A schema without sensitive parts is given back as it is.
 */
export function withSensitive<T>(schema: SchemaOf<T>): SchemaOf<T> {
  const sensitive = sensitiveShape(schema.jsonSchema);
  if (sensitive === undefined) return schema;
  const discreet = (value: unknown, result: SchemaResult<T>): SchemaResult<T> =>
    result.valid ? result : { valid: false, issues: maskIssues(result.issues, value, sensitive) };
  return {
    name: schema.name,
    jsonSchema: withoutKeyword(schema.jsonSchema),
    sensitive,
    validate(value) {
      const result = schema.validate(value);
      return isPromise(result) ? result.then((settled) => discreet(value, settled)) : discreet(value, result);
    },
  };
}

function maskIssues(issues: readonly SchemaIssue[], value: unknown, shape: SensitiveShape): readonly SchemaIssue[] {
  const values = new SensitiveValues();
  values.learn(value, shape);
  const short = shortValues(value, shape);
  return issues.map(({ path, message }) => {
    const masked = maskRanges(message, values.find(message));
    return { path: maskRanges(path, values.find(path)), message: maskRanges(masked, short.find(masked)) };
  });
}

/** What is too short to be looked for in all texts; in a message about the value itself it is. */
function shortValues(value: unknown, shape: SensitiveShape): TextIndex {
  const short = new TextIndex();
  visitSensitive(value, shape, (part) =>
    visitLeaves(part, (leaf) => {
      const text = String(leaf);
      if (text.length < SHORTEST && text.trim() !== '') short.add(text, true);
    }),
  );
  return short;
}
