import {
  type JsonSchema,
  type LoweredSchema,
  lowerSchema,
  type SchemaDialect,
  type SchemaIssue,
  type SchemaUse,
} from '@espalier/core';

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/**
 * What Claude's answers and the arguments of strict tools can be held to.
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
const strictDialect: SchemaDialect = {
  strict: true,
  root: 'object',
  optional: 'keep',
  recursion: 'refuse',
  keeps(keyword, value) {
    if (keyword === 'format') return formats.has(value);
    if (keyword === 'minItems') return value === 0 || value === 1;
    return keyword === 'title' || keyword === 'description' || keyword === 'default';
  },
};

/** What tools take that are not strict: every schema of an object. */
const openDialect: SchemaDialect = { ...strictDialect, strict: false };

export const strictSchema = (schema: JsonSchema): LoweredSchema => lowerSchema(schema, strictDialect);
export const openSchema = (schema: JsonSchema): LoweredSchema => lowerSchema(schema, openDialect);

/** What Claude cannot be held to. */
export const checkSchema = (schema: JsonSchema, use: SchemaUse, strictTools: boolean): readonly SchemaIssue[] =>
  (use === 'output' || strictTools ? strictSchema(schema) : openSchema(schema)).issues;
