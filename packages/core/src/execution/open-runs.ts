/** A node run that is followed. */
export interface OpenRun {
  /** Its index among the open ones, or -1 once it has left them. */
  place: number;
  stop(): void;
}

/** The node runs that are followed. Each knows its place, so that leaving costs nothing. */
export class OpenRuns {
  readonly #runs: OpenRun[] = [];

  enter(run: OpenRun): void {
    run.place = this.#runs.length;
    this.#runs.push(run);
  }

  /** The last one takes its place. @returns whether it was among them */
  leave(run: OpenRun): boolean {
    const { place } = run;
    if (place === -1) return false;
    run.place = -1;
    const last = this.#runs.pop() as OpenRun;
    if (last !== run) {
      this.#runs[place] = last;
      last.place = place;
    }
    return true;
  }

  /** Stops all, also when one of them throws. @throws what the last such one threw */
  stopAll(): void {
    let fault: { readonly error: unknown } | undefined;
    for (const run of [...this.#runs]) {
      try {
        run.stop();
      } catch (error) {
        fault = { error };
      }
    }
    if (fault !== undefined) throw fault.error;
  }
}
