import { isBody, refuse } from './checks.js';
import type { Body } from './provider-api.js';
import type { StrictRules } from './strict-rules.js';

/** Refuses a schema that strict mode can't take, at the first place that breaks a rule. */
export function checkStrictSchema(schema: unknown, rules: StrictRules): void {
  if (!isBody(schema)) refuse(`${rules.where}: schema must be an object.`, rules.param);
  if (rules.objectRoot && schema.type !== 'object')
    refuse(
      `${rules.where}: schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type}"'.`,
      rules.param,
    );
  new Walk(schema, rules).visit(schema, '()', 0, []);
}

/** One walk through a schema. */
class Walk {
  constructor(
    private readonly root: Body,
    private readonly rules: StrictRules,
  ) {}

  /** @param within the `$ref`s that led here */
  visit(schema: unknown, place: string, depth: number, within: readonly string[]): void {
    const { rules } = this;
    const fail: (what: string) => never = (what) =>
      refuse(`${rules.where}: In context=${place}, ${what}`, rules.param, 'invalid_json_schema');
    if (!isBody(schema)) fail('schema must be an object.');
    if (depth > rules.depth) fail(`more than ${rules.depth} levels of nesting.`);
    for (const keyword of rules.refused) if (keyword in schema) fail(`'${keyword}' is not permitted.`);
    if (rules.typed && !typing.some((keyword) => keyword in schema)) fail("schema must have a 'type' key.");
    if (Number(schema.minItems) > rules.minItems) fail(`'minItems' of ${schema.minItems} is not supported.`);
    if (isObject(schema)) checkObject(schema, fail, rules);
    if (typeof schema.$ref === 'string') this.#follow(schema.$ref, fail, place, depth, within);
    const deeper = isObject(schema) || isOf(schema, 'array') ? depth + 1 : depth;
    for (const [name, part] of partsOf(schema)) this.visit(part, name, deeper, within);
    if (rules.typed && isOf(schema, 'array') && !('items' in schema)) fail("array schema missing 'items'.");
  }

  #follow(ref: string, fail: (what: string) => never, place: string, depth: number, within: readonly string[]): void {
    const target = ref === '#' ? this.root : targetOf(this.root, ref);
    if (target === undefined) fail(`reference can only point to definitions within the schema, got '${ref}'.`);
    if (!within.includes(ref)) this.visit(target, place, depth, [...within, ref]);
    else if (!this.rules.recursion) fail(`recursive schemas are not supported: '${ref}'.`);
  }
}

const typing = ['type', 'anyOf', 'allOf', 'oneOf', '$ref', 'enum', 'const'];

/** The schemas right within a schema, but for its definitions: those are looked at where they are used. */
function partsOf(schema: Body): readonly (readonly [place: string, part: unknown])[] {
  const { properties, items } = schema;
  const fields = isBody(properties) ? Object.entries(properties) : [];
  const branches = ['anyOf', 'allOf', 'oneOf'].flatMap((group) => {
    const schemas = schema[group];
    return Array.isArray(schemas) ? schemas.map((part, at) => [`('${group}', '${at}')`, part] as const) : [];
  });
  return [
    ...fields.map(([name, part]) => [`('properties', '${name}')`, part] as const),
    ...branches,
    ...(items === undefined ? [] : [["('items')", items] as const]),
  ];
}

function targetOf(root: Body, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  let target: unknown = root;
  for (const key of ref.slice(2).split('/'))
    target = isBody(target) ? target[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return target;
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
