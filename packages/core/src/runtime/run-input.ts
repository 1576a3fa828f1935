import type { CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue, SchemaOf } from '../schema/schema.js';

/** The input of a run as plain data that fits the workflow's schema. @throws not-plain-data, input-invalid */
export function checkInput(
  { workflow, input: schema }: CompiledWorkflow,
  runId: string,
  input: unknown,
): MaybePromise<Json | undefined> {
  const what = `the input of workflow '${workflow.name}'`;
  const plain = toPlain(input, { what });
  return schema === undefined ? plain : validate(plain, schema, { workflow: workflow.name, runId, what });
}

async function validate(
  plain: Json | undefined,
  schema: SchemaOf,
  { workflow, runId, what }: { readonly workflow: string; readonly runId: string; readonly what: string },
): Promise<Json | undefined> {
  const result = await schema.validate(plain);
  if (result.valid) return toPlain(result.value, { what });
  const [first] = result.issues as readonly [SchemaIssue];
  const all = result.issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new EspalierError('input-invalid', `The input of workflow '${workflow}' is not a ${schema.name}: ${all}.`, {
    hint: `Correct the value at ${first.path}.`,
    where: { workflow, runId, path: first.path },
    details: { issues: result.issues },
  });
}
