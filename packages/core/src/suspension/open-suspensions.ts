import type { OpenSignal, OpenSuspension } from './open-suspension.js';

/** What the nodes of one run wait for. */
export class OpenSuspensions {
  /** Made at the first one: most runs wait for nothing. */
  #open: Map<string, OpenSuspension> | undefined;
  #watchers: (() => void)[] | undefined;

  remember(suspension: OpenSuspension): void {
    this.#open ??= new Map();
    this.#open.set(keyOf(suspension), suspension);
    this.tell();
  }

  /** Resolves when a node begins to wait or comes out, and when none will any more. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers ??= [];
      this.#watchers.push(resolve);
    });
  }

  forget(place: { readonly node: string; readonly step: string }): void {
    this.#open?.delete(keyOf(place));
  }

  clear(): void {
    this.#open = undefined;
    this.tell();
  }

  /** What is waited for may be something else now. */
  tell(): void {
    const watchers = this.#watchers;
    this.#watchers = undefined;
    for (const watcher of watchers ?? []) watcher();
  }

  all(): readonly OpenSuspension[] {
    return [...(this.#open?.values() ?? [])];
  }

  signals(): readonly OpenSignal[] {
    return this.all().filter((one): one is OpenSignal => one.signal !== undefined);
  }
}

const keyOf = ({ node, step }: { readonly node: string; readonly step: string }): string => `${node}\n${step}`;
