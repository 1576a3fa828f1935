import { EspalierError } from '../errors/espalier-error.js';
import type { SchemaOf } from '../schema/schema.js';
import type { CompiledModel } from './compiled-model.js';

/** @throws schema-unsupported where a model cannot answer in this shape */
export function checkOutputSchema({ jsonSchema, name }: SchemaOf, { candidates }: CompiledModel, node: string): void {
  for (const { model } of candidates) {
    const issues = model.checkSchema?.(jsonSchema, 'output') ?? [];
    if (issues.length === 0) continue;
    const list = issues.map(({ path, message }) => `\n- ${path}: ${message}`).join('');
    throw new EspalierError('schema-unsupported', `${model.name} cannot answer node '${node}' with a ${name}:${list}`, {
      where: { node, ...(issues[0] === undefined ? {} : { path: issues[0].path }) },
      details: { issues },
    });
  }
}
