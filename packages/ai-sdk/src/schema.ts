import {
  type ChatRequest,
  type JsonSchema,
  type LoweredSchema,
  lowerSchema,
  openAIDialect,
  restoreJson,
  type SchemaDialect,
  type SchemaIssue,
  type SentSchemas,
} from '@espalier/core';
import type { AssistantPart } from './to-parts.js';

/** Every schema of an object: what a provider cannot take of it, its package leaves out itself. */
const openDialect: SchemaDialect = { ...openAIDialect, strict: false };

export const outputSchema = (schema: JsonSchema, strict: boolean): LoweredSchema =>
  lowerSchema(schema, strict ? openAIDialect : openDialect);

/** A tool that nobody checked before, and whose arguments the provider cannot be held to, is sent as it is. */
export function toolSchema(schema: JsonSchema, strict: boolean): LoweredSchema & { readonly strict: boolean } {
  const lowered = outputSchema(schema, strict);
  return lowered.issues.length === 0 ? { ...lowered, strict } : { ...outputSchema(schema, false), strict: false };
}

export const checkSchema = (schema: JsonSchema, strict: boolean): readonly SchemaIssue[] =>
  outputSchema(schema, strict).issues;

/** The schemas of a request as they are sent. */
export const sentSchemas = ({ output, tools = [] }: ChatRequest, strict: boolean): SentSchemas => ({
  output: output === undefined ? undefined : outputSchema(output.schema, strict),
  tools: new Map(tools.map(({ name, parameters }) => [name, toolSchema(parameters, strict)])),
});

/** Gives the JSON of an answer, and the arguments of its calls, the shapes that were asked for. */
export function restoreParts(
  parts: readonly AssistantPart[],
  request: ChatRequest,
  strict: boolean,
): readonly AssistantPart[] {
  const { output, tools } = sentSchemas(request, strict);
  const texts = parts.filter((part) => part.type === 'text').length;
  return parts.map((part) => {
    if (part.type === 'tool-call') {
      const tool = tools.get(part.tool);
      return tool === undefined ? part : { ...part, arguments: restoreJson(part.arguments, tool) };
    }
    if (part.type !== 'text' || output === undefined || texts !== 1) return part;
    return { ...part, text: restoreJson(part.text, output) };
  });
}
