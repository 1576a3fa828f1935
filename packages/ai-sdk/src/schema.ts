import {
  type ChatRequest,
  type JsonSchema,
  type LoweredSchema,
  lowerSchema,
  restoreJson,
  type SchemaDialect,
  type SchemaIssue,
  type SchemaUse,
} from '@espalier/core';
import type { AssistantPart } from './to-parts.js';

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);

const conditions: ReadonlySet<string> = new Set([
  'title',
  'description',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
]);

/**
 * What OpenAI's models can be held to.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
const strictDialect: SchemaDialect = {
  strict: true,
  root: 'object',
  optional: 'nullable',
  recursion: 'keep',
  keeps(keyword, value) {
    if (keyword === 'format') return formats.has(value);
    if (keyword === 'pattern') return !/\(\?<?[=!]/.test(String(value)); // no looking around
    return conditions.has(keyword);
  },
  limits: { depth: 10, properties: 5000, enumValues: 1000 },
};

/** Every schema of an object: what a provider cannot take of it, its package leaves out itself. */
const openDialect: SchemaDialect = { ...strictDialect, strict: false };

const strictSchemas = new WeakMap<JsonSchema, LoweredSchema>();
const openSchemas = new WeakMap<JsonSchema, LoweredSchema>();

/** Schemas are the same objects at every call: each is lowered once. */
function lower(schema: JsonSchema, strict: boolean): LoweredSchema {
  const cache = strict ? strictSchemas : openSchemas;
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const lowered = lowerSchema(schema, strict ? strictDialect : openDialect);
  cache.set(schema, lowered);
  return lowered;
}

export const outputSchema = lower;

/** A tool whose arguments the provider cannot be held to is sent as it is: they are validated anyway. */
export function toolSchema(schema: JsonSchema, strict: boolean): LoweredSchema & { readonly strict: boolean } {
  const lowered = lower(schema, strict);
  return lowered.issues.length === 0 ? { ...lowered, strict } : { ...lower(schema, false), strict: false };
}

export const checkSchema = (schema: JsonSchema, use: SchemaUse, strict: boolean): readonly SchemaIssue[] =>
  use === 'output' ? outputSchema(schema, strict).issues : [];

/** Gives the JSON of an answer, and the arguments of its calls, the shapes that were asked for. */
export function restoreParts(
  parts: readonly AssistantPart[],
  { output, tools = [] }: ChatRequest,
  strict: boolean,
): readonly AssistantPart[] {
  const lowered = output === undefined ? undefined : outputSchema(output.schema, strict);
  const texts = parts.filter((part) => part.type === 'text').length;
  return parts.map((part) => {
    if (part.type === 'tool-call') {
      const tool = tools.find(({ name }) => name === part.tool);
      if (tool === undefined) return part;
      return { ...part, arguments: restoreJson(part.arguments, toolSchema(tool.parameters, strict)) };
    }
    if (part.type !== 'text' || lowered === undefined || texts !== 1) return part;
    return { ...part, text: restoreJson(part.text, lowered) };
  });
}
