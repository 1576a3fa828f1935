import { EspalierError } from '../errors/espalier-error.js';

/** The names of the steps of one attempt: numbers for kinds of steps, and names that are taken once. */
export class StepNames {
  readonly #counts = new Map<string, number>();

  /** The next number of a kind of step, from 1. */
  count(kind: string): number {
    const next = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, next);
    return next;
  }

  /** Takes a step's name. @throws step-duplicate */
  claim(name: string, where: { readonly node: string; readonly attempt: number }): string {
    if (this.count(`name ${name}`) === 1) return name;
    const shown = name.replace(/^(step|signal):/, '');
    const message = `Node '${where.node}' used the step name '${shown}' twice in one attempt.`;
    throw new EspalierError('step-duplicate', message, { where });
  }
}
