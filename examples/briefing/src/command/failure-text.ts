import { EspalierError } from '@espalier/core';

/** An error as a person reads it: what, where, what to do. Never a stack trace. */
export function failureText(error: unknown): string {
  const [first, ...rest] = chain(error);
  const root = rest.at(-1) ?? first;
  const node = [first, ...rest].find((each) => EspalierError.is(each) && each.where.node !== undefined) as
    | EspalierError
    | undefined;
  const where = node === undefined ? '' : ` (agent ${node.where.node})`;
  const hint = [root, first]
    .map((each) => (each as { hint?: unknown } | undefined)?.hint)
    .find((text) => typeof text === 'string');
  const message = root instanceof Error ? root.message : String(root);
  return `\nNo briefing: ${message}${where}\n${hint === undefined ? '' : `${hint}\n`}`;
}

/** 2 where the input is wrong, 1 for all else. */
export const exitCodeOf = (error: unknown): number =>
  chain(error).some((each) => (each as { code?: unknown } | null)?.code === 'bad-input') ? 2 : 1;

function chain(error: unknown): readonly unknown[] {
  const all: unknown[] = [error];
  for (let at = error; all.length < 8; all.push(at)) {
    at = at instanceof Error ? at.cause : undefined;
    if (at === undefined) break;
  }
  return all;
}
