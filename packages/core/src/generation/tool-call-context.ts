import { EspalierError } from '../errors/espalier-error.js';
import type { MemorySession } from '../memory/memory-session.js';
import type { ToolContext } from '../tools/tool-context.js';
import type { GenerationScope } from './generation-scope.js';
import type { SiblingCalls } from './sibling-calls.js';

/** A tool call of a model, and its place among the others. */
export interface ToolCallPlace {
  readonly callId: string;
  readonly step: string;
  /** What tells the path of an agent that it runs from others: see `NestedPlace`. */
  readonly suffix: string;
  /** The calls of the same answer, itself among them, where it is not the only one. */
  readonly siblings: SiblingCalls | undefined;
}

/** What one execution of a tool gets. Its signal is made when first asked for. */
export class ToolCallContext implements ToolContext {
  readonly callId: string;
  idempotencyKey: string;
  readonly #scope: GenerationScope;
  readonly #place: ToolCallPlace;
  /** Ends the name of its steps, and of the runs of agents, where the tool is tried again. */
  readonly #again: string;
  /** Ends the agents that it runs. Made with the first of them: most tools run none. */
  #stops: Set<() => void> | undefined;
  #controller: AbortController | undefined;
  #closed = false;
  #nested = 0;
  #memorySession: MemorySession | undefined;

  /** @param attempt of the tool itself, which may have a `@Retry` of its own */
  constructor(scope: GenerationScope, place: ToolCallPlace, attempt: number) {
    this.#scope = scope;
    this.#place = place;
    this.#again = attempt > 1 ? `~${attempt}` : '';
    this.callId = place.callId;
    this.idempotencyKey = `${scope.runId}/${scope.node}#${scope.attempt}/${place.step}`;
  }

  get runId(): string {
    return this.#scope.runId;
  }

  get node(): string {
    return this.#scope.node;
  }

  get attempt(): number {
    return this.#scope.attempt;
  }

  get input(): unknown {
    return this.#scope.input;
  }

  get identity(): unknown {
    return this.#scope.identity;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#closed) this.#controller.abort(over());
    return this.#controller.signal;
  }

  // Functions of their own when asked for, so that a tool may take them out of its context.

  get memory(): ToolContext['memory'] {
    return (memory) => this.#memories().memory(memory);
  }

  get notes(): ToolContext['notes'] {
    return (notes) => this.#memories().notes(notes);
  }

  get runAgent(): ToolContext['runAgent'] {
    return (agent, inputs) => {
      this.#nested += 1;
      if (this.#closed) return Promise.reject(over());
      this.#stops ??= new Set();
      const stops = this.#stops;
      const output = this.#scope.runAgent(agent, inputs, {
        suffix: `${this.#place.suffix}${this.#again}${this.#nested > 1 ? `.${this.#nested}` : ''}`,
        onStop: (stop) => {
          stops.add(stop);
          return () => stops.delete(stop);
        },
      });
      output.catch(() => {}); // a tool that does not wait for it must not end the process with it
      return output;
    };
  }

  #memories(): MemorySession {
    if (this.#closed) throw over();
    this.#memorySession ??= this.#scope.memories(`${this.#place.step}${this.#again}/`);
    return this.#memorySession;
  }

  /** Ends the execution: what it still does is aborted. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops ?? []) stop();
    this.#controller?.abort(over());
  }
}

const over = (): EspalierError => new EspalierError('run-cancelled', 'The tool call is over.');
