/** What an error may carry besides its message. */
interface Told {
  readonly code?: unknown;
  readonly hint?: unknown;
  readonly where?: { readonly node?: string };
}

/** An error as a person reads it: what, where, what to do. Never a stack trace. */
export function failureText(error: unknown): string {
  const errors = chain(error);
  const root = errors.at(-1);
  const node = errors.map(({ where }) => where?.node).find((name) => name !== undefined);
  const hint = [root, errors[0]].map((each) => each?.hint).find((text) => typeof text === 'string');
  const message = root instanceof Error ? root.message : String(error);
  return `\nNo briefing: ${message}${node === undefined ? '' : ` (agent ${node})`}\n${hint === undefined ? '' : `${hint}\n`}`;
}

/** 2 where the input is wrong, 1 for all else. */
export const exitCodeOf = (error: unknown): number => (chain(error).some(({ code }) => code === 'bad-input') ? 2 : 1);

/** The error and its causes, the outermost first. */
function chain(error: unknown): readonly Told[] {
  const all: Told[] = [];
  for (let at = error; at instanceof Error && all.length < 8; at = at.cause) all.push(at as Told);
  return all;
}
