import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import type { JsonSchema } from './json.js';

/**
 * A schema without references: each is replaced by what it points at, and every object refuses further keys, so that
 * the schema means the same wherever it is sent.
 * @throws schema-unreadable when a class contains itself
 */
export function inlineReferences(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
  name: string,
  where: ErrorWhere,
): JsonSchema {
  const walk = (part: unknown, open: readonly string[]): unknown => {
    if (Array.isArray(part)) return part.map((item) => walk(item, open));
    if (typeof part !== 'object' || part === null) return part;
    const { $ref, ...rest } = part as JsonSchema & { $ref?: string };
    if ($ref !== undefined) {
      const target = $ref.split('/').at(-1) as string;
      if (open.includes(target)) throw recursive([...open, target], where);
      return { ...(walk(definitions[target] ?? {}, [...open, target]) as object), ...(walk(rest, open) as object) };
    }
    const walked = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, walk(value, open)]));
    const isObject = walked['type'] === 'object' && walked['properties'] !== undefined;
    if (isObject && walked['additionalProperties'] === undefined) walked['additionalProperties'] = false;
    return walked;
  };
  return walk(schema, [name]) as JsonSchema;
}

const recursive = (path: readonly string[], where: ErrorWhere): EspalierError =>
  new EspalierError('schema-unreadable', `Class ${path.at(-1)} contains itself: ${path.join(' → ')}.`, {
    hint: 'Models need a schema of fixed depth: use ids, or a class for each level.',
    where,
  });
