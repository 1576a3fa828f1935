import { EspalierError } from '../errors/espalier-error.js';
import type { ChatModel } from '../model/chat-model.js';
import type { SchemaOf } from '../schema/schema.js';

/** @throws schema-unsupported where the model cannot answer in this shape */
export function checkOutputSchema({ jsonSchema, name }: SchemaOf, model: ChatModel, node: string): void {
  const issues = model.checkSchema?.(jsonSchema, 'output') ?? [];
  if (issues.length === 0) return;
  const list = issues.map(({ path, message }) => `\n- ${path}: ${message}`).join('');
  throw new EspalierError('schema-unsupported', `${model.name} cannot answer node '${node}' with a ${name}:${list}`, {
    where: { node, ...(issues[0] === undefined ? {} : { path: issues[0].path }) },
    details: { issues },
  });
}
