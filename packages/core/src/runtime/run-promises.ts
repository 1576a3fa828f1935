import type { RunOutcome } from './run-outcome.js';

/** How a run came out, or why that cannot be told. */
export type RunSettlement<Output> =
  | RunOutcome<Output>
  /** Its outcome is read from the journal where somebody asks for it. */
  | { readonly parked: unknown; readonly read: () => Promise<RunOutcome<Output>> }
  | { readonly fault: unknown };

/** The promises of a run. Each is made when it is asked for: nobody's promise is nobody's unhandled rejection. */
export class RunPromises<Output> {
  #result: PromiseWithResolvers<Output> | undefined;
  #outcome: PromiseWithResolvers<RunOutcome<Output>> | undefined;
  #end: PromiseWithResolvers<boolean> | undefined;
  #settlement: RunSettlement<Output> | undefined;
  #isRead = false;

  get result(): Promise<Output> {
    if (this.#result === undefined) {
      this.#result = Promise.withResolvers();
      this.#tell();
    }
    return this.#result.promise;
  }

  get outcome(): Promise<RunOutcome<Output>> {
    if (this.#outcome === undefined) {
      this.#outcome = Promise.withResolvers();
      this.#tell();
    }
    return this.#outcome.promise;
  }

  /** Whether the run was parked, once it has left this process. Costs less than its outcome. */
  get end(): Promise<boolean> {
    if (this.#end === undefined) {
      this.#end = Promise.withResolvers();
      this.#tell();
    }
    return this.#end.promise;
  }

  settle(settlement: RunSettlement<Output>): void {
    this.#settlement = settlement;
    this.#tell();
  }

  /** Settles those that were asked for. Settling one again does nothing. */
  #tell(): void {
    const settlement = this.#settlement;
    if (settlement === undefined) return;
    if ('fault' in settlement) {
      this.#result?.reject(settlement.fault);
      this.#outcome?.reject(settlement.fault);
      this.#end?.reject(settlement.fault);
    } else if ('parked' in settlement) {
      this.#result?.reject(settlement.parked);
      if (this.#outcome !== undefined && !this.#isRead) {
        this.#isRead = true;
        this.#outcome.resolve(settlement.read());
      }
      this.#end?.resolve(true);
    } else {
      this.#outcome?.resolve(settlement);
      this.#end?.resolve(settlement.status === 'parked');
      if (settlement.status === 'completed') this.#result?.resolve(settlement.output as Output);
      else this.#result?.reject(settlement.error);
    }
  }
}
