import type { CompiledNode } from '../boot/compiled-workflow.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue, SchemaOf } from '../schema/schema.js';

/** An output that a node is given: as plain data that fits, or what is wrong with it. */
export type GivenOutput = { readonly value: Json | undefined } | { readonly problem: string; readonly path: string };

/**
 * Checks an output that a node, or one item or iteration of it, is given instead of running.
 * @param path of the node: as a whole, a node with `@ForEach` gives a list
 * @throws not-plain-data
 */
export async function givenOutput(node: CompiledNode, path: string, output: unknown): Promise<GivenOutput> {
  const plain = toPlain(output, { node: path, what: `the output given to node '${path}'` });
  const schema = node.agent.output;
  if (node.graph.fanOut === undefined || path !== node.name) return checked(schema, plain, '$');
  if (!Array.isArray(plain)) return { problem: 'expected a list, one output for each item', path: '$' };
  const items: (Json | null)[] = [];
  for (const [index, item] of plain.entries()) {
    const one =
      item === null && node.graph.fanOut.mayFail ? { value: null } : await checked(schema, item, `$[${index}]`);
    if ('problem' in one) return one;
    items.push(one.value ?? null);
  }
  return { value: items };
}

async function checked(schema: SchemaOf | undefined, plain: Json | undefined, at: string): Promise<GivenOutput> {
  if (schema === undefined) return { value: plain };
  const result = await schema.validate(plain);
  if (result.valid) return { value: toPlain(result.value) };
  const [first] = result.issues as readonly [SchemaIssue];
  return {
    problem: `it is not a ${schema.name}: ${first.path.replace('$', at)}: ${first.message}`,
    path: first.path.replace('$', at),
  };
}
