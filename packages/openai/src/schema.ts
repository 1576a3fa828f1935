import { type JsonSchema, type LoweredSchema, lowerSchema, openAIDialect, type SchemaDialect } from '@espalier/core';

/** What is not enforced may say anything, of an object. */
const openDialect: SchemaDialect = { ...openAIDialect, strict: false };

export const loweredSchema = (schema: JsonSchema, strict: boolean): LoweredSchema =>
  lowerSchema(schema, strict ? openAIDialect : openDialect);

/** The name of an answer's shape, as the API takes it. */
export const formatName = (name: string): string => name.replace(/[^\w-]+/g, '_').slice(0, 64) || 'answer';
