import { EspalierError } from '@espalier/core';

/**
 * - `replay`: only what is in the file; nothing is sent.
 * - `record`: everything is sent, and the file is written anew.
 * - `auto`: replays where there is a file, records where there is none.
 */
export type CassetteMode = 'auto' | 'record' | 'replay';

/** Variables of the environment. Not by the types of Node: a project may compile without them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const modes: readonly string[] = ['auto', 'record', 'replay'];

/** The variable that says what all cassettes do, whatever their tests say. */
export const MODE_VARIABLE = 'ESPALIER_CASSETTES';

export const inContinuousIntegration = ({ CI }: Environment): boolean =>
  CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase());

/** What to do: the environment counts before the option, and continuous integration before both: it never records. */
export function resolveMode(
  option: CassetteMode | undefined,
  env: Environment,
  exists: () => boolean,
): 'record' | 'replay' {
  const fromEnv = env[MODE_VARIABLE] === '' ? undefined : env[MODE_VARIABLE];
  check(option, 'cassette: mode');
  check(fromEnv, MODE_VARIABLE);
  if (inContinuousIntegration(env)) return 'replay';
  const mode = fromEnv ?? option ?? 'auto';
  if (mode !== 'auto') return mode as 'record' | 'replay';
  return exists() ? 'replay' : 'record';
}

function check(mode: string | undefined, what: string): void {
  if (mode === undefined || modes.includes(mode)) return;
  throw new EspalierError('option-invalid', `${what}: expected ${modes.join(', ')}, got ${JSON.stringify(mode)}.`);
}
