import type { OpenSuspension } from './open-suspension.js';

/** What the nodes of one run wait for. */
export class OpenSuspensions {
  /** Made at the first one: most runs wait for nothing. */
  #open: Map<string, OpenSuspension> | undefined;

  remember(suspension: OpenSuspension): void {
    this.#open ??= new Map();
    this.#open.set(keyOf(suspension), suspension);
  }

  forget(place: { readonly node: string; readonly step: string }): void {
    this.#open?.delete(keyOf(place));
  }

  clear(): void {
    this.#open = undefined;
  }

  all(): readonly OpenSuspension[] {
    return [...(this.#open?.values() ?? [])];
  }
}

const keyOf = ({ node, step }: { readonly node: string; readonly step: string }): string => `${node}\n${step}`;
