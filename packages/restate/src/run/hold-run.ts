import {
  type AttemptControl,
  type AttemptRequest,
  EmbeddedEngine,
  type EngineRun,
  EspalierError,
  type Run,
  type RunOutcome,
  type RuntimeHost,
  serializeError,
} from '@espalier/core';
import type { internal, WorkflowContext } from '@restatedev/restate-sdk';
import { AttemptElsewhere } from '../attempt/elsewhere.js';
import { Gate } from '../attempt/gate.js';
import { CommandLoop } from '../loop/command-loop.js';
import type { RunEnding, RunOrder } from '../wire.js';
import { RunClock } from './run-clock.js';
import { RunJournal } from './run-journal.js';

/** How many invocations of its nodes a run has under way at most. */
const AT_ONCE = 64;

/** Holds one run in one invocation, from its first record to its last. */
export function holdRun(
  host: RuntimeHost,
  namespace: string,
  context: WorkflowContext,
  order: RunOrder,
): Promise<RunEnding> {
  return new RunHolder(host, namespace, context, order).hold();
}

class RunHolder {
  readonly #host: RuntimeHost;
  readonly #namespace: string;
  readonly #context: WorkflowContext;
  readonly #order: RunOrder;
  readonly #loop: CommandLoop;
  readonly #clock: RunClock;
  readonly #journal: RunJournal;
  #ending: RunEnding | undefined;
  #busy = 0;
  /** What broke the invocation: Restate makes it again. */
  #fault: Error | undefined;

  constructor(host: RuntimeHost, namespace: string, context: WorkflowContext, order: RunOrder) {
    this.#host = host;
    this.#namespace = namespace;
    this.#context = context;
    this.#order = order;
    this.#loop = new CommandLoop(context);
    const breaks = (error: Error): void => {
      this.#fault ??= error;
    };
    this.#clock = new RunClock(this.#loop, order.time, breaks);
    this.#journal = new RunJournal(this.#loop, this.#clock, context.key);
  }

  async hold(): Promise<RunEnding> {
    const run = this.#start();
    if (run === undefined) return { error: serializeError(unknownHere(this.#order)) };
    run.outcome.then(
      (outcome) => this.#end(endingOf(outcome)),
      (error: unknown) => this.#end({ error: serializeError(error) }),
    );
    await this.#loop.run(
      () => this.#fault !== undefined || (this.#ending !== undefined && this.#busy === 0),
      () => this.#journal.flush(),
    );
    if (this.#fault !== undefined) throw this.#fault;
    return this.#ending as RunEnding;
  }

  #start(): Run | undefined {
    const { workflow: name, version, input, identity } = this.#order;
    const workflow = this.#host.workflows.find((one) => one.name === name && one.version === version);
    if (workflow === undefined) return undefined;
    let held: EngineRun | undefined;
    const attempts = {
      ...{ loop: this.#loop, clock: this.#clock, journal: this.#journal, namespace: this.#namespace },
      gate: new Gate(AT_ONCE),
      run: () => held as EngineRun,
      busy: (by: 1 | -1) => {
        this.#busy += by;
      },
    };
    const attempt = (request: AttemptRequest, control: AttemptControl) =>
      new AttemptElsewhere(attempts, request, control).make();
    const engine = new HeldEngine(this.#journal, this.#clock, 'restate', attempt, (run) => {
      held = run;
      this.#heedCancellation(() => started.cancel('its invocation was cancelled'));
    });
    const random = (): number => this.#context.rand.random();
    const runtime = this.#host.runtime(engine, { clock: this.#clock, random });
    const started = runtime.start(workflow, input as never, { runId: this.#context.key, identity });
    return started;
  }

  /** Whoever cancels the invocation itself, by Restate's own tools, means the run. */
  #heedCancellation(cancel: () => void): void {
    this.#loop.issue(
      (context) => (context as unknown as internal.ContextInternal).cancellation(),
      cancel,
      () => {},
    );
  }

  #end(ending: RunEnding): void {
    this.#ending = ending;
    this.#loop.send(() => {}); // wakes it
  }
}

/** Tells of the run as soon as it has begun. */
class HeldEngine extends EmbeddedEngine {
  readonly #begun: (run: EngineRun) => void;

  constructor(
    journal: RunJournal,
    clock: RunClock,
    owner: string,
    attempt: NonNullable<EngineRun['attempt']>,
    begun: (run: EngineRun) => void,
  ) {
    super(journal, clock, owner, attempt);
    this.#begun = begun;
  }

  override open(...args: Parameters<EmbeddedEngine['open']>): EngineRun {
    const run = super.open(...args) as EngineRun; // its journal keeps things at once
    this.#begun(run);
    return run;
  }
}

function endingOf({ status, output, error }: RunOutcome): RunEnding {
  return {
    status,
    ...(output === undefined ? {} : { output: output as never }),
    ...(error === undefined ? {} : { error: serializeError(error) }),
  };
}

const unknownHere = ({ workflow, version }: RunOrder): EspalierError =>
  new EspalierError(
    'workflow-unknown',
    `The worker that was asked for workflow '${workflow}' version ${version} does not have it.`,
    { hint: 'Register a deployment whose workers have this version.' },
  );
