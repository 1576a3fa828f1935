import type { ChatRequest, SentSchemas } from '@espalier/core';
import type { ModelSetup } from './options.js';
import { loweredSchema } from './schema.js';

/** The schemas of a request as they are sent, and the way back. */
export type Shapes = SentSchemas;

export function shapesOf({ output, tools = [] }: ChatRequest, { strict, api, structuredOutput }: ModelSetup): Shapes {
  const told = api === 'chat' && structuredOutput === 'instructions'; // the model reads it: any shape will do
  return {
    output: output === undefined || told ? undefined : loweredSchema(output.schema, strict),
    tools: new Map(tools.map(({ name, parameters }) => [name, loweredSchema(parameters, strict)])),
  };
}
