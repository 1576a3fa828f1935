import { writesKey } from '../metadata/agent-metadata.js';

/**
 * Declares which fields of a shared state the agent writes. Then the proof at boot finds unordered writers of one
 * field, and a write to any other field of that state is an error.
 *
 * @example
 * \@Agent()
 * \@Writes(Notes, 'items')
 * class Researcher { … }
 */
export function Writes<S extends object>(
  state: new () => S,
  ...fields: readonly [keyof S & string, ...(keyof S & string)[]]
): (target: object) => void {
  return (target) =>
    writesKey.write(
      target,
      Object.freeze([{ state, fields: Object.freeze([...fields]) }, ...(writesKey.read(target) ?? [])]),
    );
}
