import type { TeardownLogic } from 'rxjs';
import { Subscription } from 'rxjs/internal/Subscription';
import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError, type SerializedError } from '../errors/espalier-error.js';
import { Attempt } from '../execution/attempt.js';
import { type AttemptObserver, invoke } from '../execution/invoke.js';
import { NodeRun } from '../execution/node-run.js';
import type { RuntimeServices } from '../execution/runtime-services.js';
import { toPlain } from '../schema/plain.js';
import { receiveValues } from '../sensitive/sent-values.js';
import { receiveState } from '../state/sent-state.js';
import type { AttemptPlace } from './attempt-place.js';
import type { AttemptRequest } from './attempt-request.js';
import type { AttemptResult } from './attempt-result.js';
import { AttemptScope } from './attempt-scope.js';
import { failedResult, successfulResult } from './send-result.js';

/**
 * Makes one attempt of a node of a run that another process holds.
 * @throws what its engine has failed with
 */
export function performAttempt(
  services: RuntimeServices,
  workflow: CompiledWorkflow,
  request: AttemptRequest,
  place: AttemptPlace,
): Promise<AttemptResult> {
  return new Promise((resolve, reject) => {
    receiveValues(place.engine, request.sensitive);
    const scope = new AttemptScope(services, workflow, request, place, reject);
    new PerformedAttempt(scope, nodeOf(workflow, request), request, resolve).begin(place.signal);
  });
}

/** The run of the node, with nothing but this attempt of it. */
class PerformedAttempt implements AttemptObserver {
  readonly #scope: AttemptScope;
  readonly #request: AttemptRequest;
  readonly #run: NodeRun;
  readonly #attempt: Attempt;
  readonly #resolve: (result: AttemptResult) => void;
  readonly #teardown = new Subscription();
  #output: unknown;

  constructor(
    scope: AttemptScope,
    node: CompiledNode,
    request: AttemptRequest,
    resolve: (result: AttemptResult) => void,
  ) {
    this.#scope = scope;
    this.#request = request;
    this.#run = runOf(scope, node, request);
    this.#attempt = new Attempt(this.#run, request.attempt);
    this.#run.current = this.#attempt;
    this.#resolve = resolve;
  }

  begin(signal: AbortSignal | undefined): void {
    if (signal !== undefined) {
      const stop = (): void => this.#stop(signal.reason);
      if (signal.aborted) {
        stop();
        return;
      }
      signal.addEventListener('abort', stop, { once: true });
      this.add(() => signal.removeEventListener('abort', stop));
    }
    invoke(this.#attempt, this);
  }

  // AttemptObserver

  next(output: unknown): void {
    this.#output = output;
  }

  error(error: unknown): void {
    if (this.#attempt.isOver) return;
    this.#leave();
    this.#resolve(failedResult(this.#scope, this.#run, this.#request, error));
  }

  complete(): void {
    if (this.#attempt.isOver) return;
    this.#leave();
    this.#resolve(successfulResult(this.#scope, this.#run, this.#request, this.#output));
  }

  add(teardown: TeardownLogic): void {
    this.#teardown.add(teardown);
  }

  // Inside

  /** What it was doing is cut off and charged when this returns: the result has all that it has used. */
  #stop(reason: unknown): void {
    const error = EspalierError.is(reason)
      ? reason
      : new EspalierError('run-cancelled', `The attempt of node '${this.#run.path}' is over.`, {
          where: { node: this.#run.path },
          cause: reason,
        });
    this.#scope.stop(error);
    this.error(error);
  }

  #leave(): void {
    this.#attempt.close();
    this.#teardown.unsubscribe();
  }
}

function nodeOf({ nodes, nested }: CompiledWorkflow, { agent: { name, index } }: AttemptRequest): CompiledNode {
  const node = index >= 0 ? nodes[index] : [...nested.values()].find((one) => one.name === name);
  return node as CompiledNode; // the graph has the same fingerprint
}

function runOf(scope: AttemptScope, node: CompiledNode, request: AttemptRequest): NodeRun {
  const { item, iteration, previous, failure, inputNames, attempt, state } = request;
  const run = new NodeRun(
    scope,
    node,
    request.node,
    request.args.map(({ value }) => toPlain(value)),
    {
      ...(item === undefined ? {} : { item }),
      ...(iteration === undefined ? {} : { iteration, previous: toPlain(previous) }),
      failure: failure === undefined ? undefined : (toPlain(failure) as unknown as SerializedError),
      inputNames,
      attempt,
      frontier: receiveState(state),
      ledger: scope.ledger,
    },
  );
  run.holdsSlot = true;
  run.takeSteps(request.steps);
  return run;
}
