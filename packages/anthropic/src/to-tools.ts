import type { Anthropic } from '@anthropic-ai/sdk';
import type { JsonSchema, LoweredSchema, ToolChoice, ToolDefinition } from '@espalier/core';
import { openSchema, strictSchema } from './schema.js';
import { strictTools } from './strictness.js';

/** The definitions of tools as they are sent, and their schemas by name of the tool. */
export function toTools(
  tools: readonly ToolDefinition[],
  wantsStrict: boolean,
  output: JsonSchema | undefined,
): { readonly sent: Anthropic.Tool[]; readonly lowered: ReadonlyMap<string, LoweredSchema> } {
  const strict = wantsStrict ? strictTools(tools, output) : new Set();
  const lowered = new Map<string, LoweredSchema>();
  const sent = tools.map((tool) => {
    const schema = strict.has(tool) ? strictSchema(tool.parameters) : openSchema(tool.parameters);
    lowered.set(tool.name, schema);
    return toolOf(tool, schema, strict.has(tool));
  });
  return { sent, lowered };
}

const toolOf = ({ name, description }: ToolDefinition, { schema }: LoweredSchema, strict: boolean): Anthropic.Tool => ({
  name,
  ...(description === '' ? {} : { description }),
  input_schema: { ...schema, type: 'object' } as Anthropic.Tool.InputSchema,
  ...(strict ? { strict } : {}),
});

/** What Anthropic does anyway is not sent. Without tools there is nothing to choose. */
export function choiceOf(
  tools: readonly ToolDefinition[],
  choice: ToolChoice = 'auto',
  parallel: boolean | undefined,
): Anthropic.ToolChoice | undefined {
  if (tools.length === 0) return undefined;
  if (choice === 'none') return { type: 'none' };
  const one = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (choice === 'auto') return parallel === false ? { type: 'auto', ...one } : undefined;
  if (choice === 'required') return { type: 'any', ...one };
  return { type: 'tool', name: choice.tool, ...one };
}
