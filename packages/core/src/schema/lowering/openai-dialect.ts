import type { SchemaDialect } from './lower-schema.js';

const conditions: ReadonlySet<string> = new Set([
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minItems',
  'maxItems',
]);

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

/**
 * What OpenAI's models can be held to, through whichever adapter they are asked.
 * @see https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas
 */
export const openAIDialect: SchemaDialect = Object.freeze<SchemaDialect>({
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
});
