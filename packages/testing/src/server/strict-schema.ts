import { isBody, refuse } from './checks.js';
import type { Body } from './provider-api.js';

/** What a provider's strict mode asks of a JSON Schema. */
export interface StrictRules {
  /** How the provider begins what it says, such as `Invalid schema for function 'search'`. */
  readonly where: string;
  readonly param: string;
  /** Every property must be required. */
  readonly allRequired: boolean;
  /** Keywords that it does not know. */
  readonly refused: readonly string[];
  /** The root must be an object. */
  readonly objectRoot: boolean;
  /** Every schema needs a `type`, `anyOf`, `$ref`, `enum` or `const`. */
  readonly typed: boolean;
}

const composed = ['not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else', 'oneOf'];
const shapes = ['patternProperties', 'propertyNames', 'unevaluatedProperties', 'minProperties', 'maxProperties'];
const arrays = ['prefixItems', 'contains', 'minContains', 'maxContains', 'uniqueItems', 'unevaluatedItems'];

/** OpenAI's strict mode. @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export const openaiRules = (where: string, param: string): StrictRules => ({
  where,
  param,
  allRequired: true,
  refused: [...composed, 'allOf', ...shapes, ...arrays],
  objectRoot: true,
  typed: true,
});

/** Anthropic's. @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */
export const anthropicRules = (where: string, param: string): StrictRules => ({
  where,
  param,
  allRequired: false,
  refused: [
    ...composed.filter((keyword) => keyword !== 'oneOf'),
    ...shapes,
    ...arrays,
    ...[
      'minimum',
      'maximum',
      'exclusiveMinimum',
      'exclusiveMaximum',
      'multipleOf',
      'minLength',
      'maxLength',
      'maxItems',
    ],
  ],
  objectRoot: false,
  typed: false,
});

/** Refuses a schema that strict mode can't take, at the first place that breaks a rule. */
export function checkStrictSchema(schema: unknown, rules: StrictRules): void {
  if (!isBody(schema)) refuse(`${rules.where}: schema must be an object.`, rules.param);
  if (rules.objectRoot && schema.type !== 'object')
    refuse(
      `${rules.where}: schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type}"'.`,
      rules.param,
    );
  visit(schema, '()', rules);
}

function visit(schema: unknown, place: string, rules: StrictRules): void {
  const fail: (what: string) => never = (what) =>
    refuse(`${rules.where}: In context=${place}, ${what}`, rules.param, 'invalid_json_schema');
  if (!isBody(schema)) fail('schema must be an object.');
  for (const keyword of rules.refused) if (keyword in schema) fail(`'${keyword}' is not permitted.`);
  const typed = ['type', 'anyOf', 'allOf', 'oneOf', '$ref', 'enum', 'const'].some((keyword) => keyword in schema);
  if (rules.typed && !typed) fail("schema must have a 'type' key.");
  if (isObject(schema)) checkObject(schema, fail, rules);
  for (const group of ['properties', '$defs', 'definitions']) {
    const schemas = schema[group];
    if (isBody(schemas))
      for (const [name, part] of Object.entries(schemas)) visit(part, `('${group}', '${name}')`, rules);
  }
  for (const group of ['anyOf', 'allOf', 'oneOf']) {
    const schemas = schema[group];
    if (Array.isArray(schemas)) for (const [at, part] of schemas.entries()) visit(part, `('${group}', '${at}')`, rules);
  }
  if ('items' in schema) visit(schema.items, "('items')", rules);
  else if (rules.typed && isOf(schema, 'array')) fail("array schema missing 'items'.");
}

const isOf = (schema: Body, type: string): boolean =>
  schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));

const isObject = (schema: Body): boolean => isOf(schema, 'object') || 'properties' in schema;

function checkObject(schema: Body, fail: (what: string) => never, rules: StrictRules): void {
  if (schema.additionalProperties !== false) fail("'additionalProperties' is required to be supplied and to be false.");
  const names = Object.keys(isBody(schema.properties) ? schema.properties : {});
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const name of required) if (!names.includes(String(name))) fail(`Extra required key '${name}' supplied.`);
  const missing = rules.allRequired ? names.find((name) => !required.includes(name)) : undefined;
  if (missing !== undefined)
    fail(
      `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
    );
}
