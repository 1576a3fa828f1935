import { EspalierError } from '../errors/espalier-error.js';
import type { MemorySession } from '../memory/memory-session.js';
import type { ToolContext } from '../tools/tool-context.js';
import type { GenerationScope } from './generation-scope.js';

/** A tool call of a model, and its place among the others. */
export interface ToolCallPlace {
  readonly callId: string;
  readonly step: string;
  /** What tells the path of an agent that it runs from others: see `NestedPlace`. */
  readonly suffix: string;
}

/** What one execution of a tool gets. Its signal is made when first asked for. */
export class ToolCallContext implements ToolContext {
  readonly callId: string;
  idempotencyKey: string;
  readonly #scope: GenerationScope;
  readonly #suffix: (count: number) => string;
  readonly #stops = new Set<() => void>();
  #controller: AbortController | undefined;
  #closed = false;
  #nested = 0;
  /** Begins the names of steps within the call. */
  readonly #step: string;
  #memorySession: MemorySession | undefined;

  /** @param attempt of the tool itself, which may have a `@Retry` of its own */
  constructor(scope: GenerationScope, { callId, step, suffix }: ToolCallPlace, attempt: number) {
    this.#scope = scope;
    this.callId = callId;
    this.#step = `${step}${attempt > 1 ? `~${attempt}` : ''}/`;
    this.idempotencyKey = `${scope.runId}/${scope.node}#${scope.attempt}/${step}`;
    this.#suffix = (count) => `${suffix}${attempt > 1 ? `~${attempt}` : ''}${count > 1 ? `.${count}` : ''}`;
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

  memory: ToolContext['memory'] = (memory) => this.#memories().memory(memory);

  notes: ToolContext['notes'] = (notes) => this.#memories().notes(notes);

  runAgent: ToolContext['runAgent'] = (agent, inputs) => {
    this.#nested += 1;
    if (this.#closed) return Promise.reject(over());
    const output = this.#scope.runAgent(agent, inputs, {
      suffix: this.#suffix(this.#nested),
      onStop: (stop) => {
        this.#stops.add(stop);
        return () => this.#stops.delete(stop);
      },
    });
    output.catch(() => {}); // a tool that does not wait for it must not end the process with it
    return output;
  };

  #memories(): MemorySession {
    if (this.#closed) throw over();
    this.#memorySession ??= this.#scope.memories(this.#step);
    return this.#memorySession;
  }

  /** Ends the execution: what it still does is aborted. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#controller?.abort(over());
  }
}

const over = (): EspalierError => new EspalierError('run-cancelled', 'The tool call is over.');
