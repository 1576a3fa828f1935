import type { JsonSchema, ToolDefinition } from '@espalier/core';
import { strictSchema } from './schema.js';

/**
 * How much Anthropic enforces in one request, over all strict tools and the answer's schema.
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
const limits = { tools: 20, optional: 24, unions: 16 };

/** What a schema takes of the limits. */
interface Weight {
  readonly optional: number;
  readonly unions: number;
}

const weights = new WeakMap<JsonSchema, Weight>();

/**
 * Which tools can be strict: those whose schema can be lowered, in their order, as long as they are within the limits.
 * The others are sent with the schema as it is. Their arguments are validated all the same.
 */
export function strictTools(tools: readonly ToolDefinition[], output?: JsonSchema): ReadonlySet<ToolDefinition> {
  const chosen = new Set<ToolDefinition>();
  let used = output === undefined ? { optional: 0, unions: 0 } : weightOf(strictSchema(output).schema);
  for (const tool of tools) {
    const { schema, issues } = strictSchema(tool.parameters);
    if (issues.length > 0) continue;
    const weight = weightOf(schema);
    const next = { optional: used.optional + weight.optional, unions: used.unions + weight.unions };
    if (next.optional > limits.optional || next.unions > limits.unions || chosen.size === limits.tools) continue;
    used = next;
    chosen.add(tool);
  }
  return chosen;
}

function weightOf(schema: JsonSchema): Weight {
  let weight = weights.get(schema);
  if (weight === undefined) {
    weight = weigh(schema);
    weights.set(schema, weight);
  }
  return weight;
}

function weigh(schema: JsonSchema): Weight {
  const { properties = {}, required = [], items, anyOf = [], type, $defs = {} } = schema;
  const inner = [
    ...Object.values(properties),
    ...(items === undefined ? [] : [items]),
    ...(anyOf as readonly JsonSchema[]),
    ...Object.values($defs as Record<string, JsonSchema>),
  ].map(weigh);
  const names = Object.keys(properties);
  return {
    optional: sum(inner.map(({ optional }) => optional)) + names.filter((name) => !required.includes(name)).length,
    unions: sum(inner.map(({ unions }) => unions)) + (Array.isArray(type) || schema.anyOf !== undefined ? 1 : 0),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
