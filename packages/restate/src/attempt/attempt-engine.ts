import type { EngineRun, NodeEngine, SentSuspension, StepKey, StepRecording } from '@espalier/core';

/** What the engine gives one attempt: the journal that it has here, and a look at what is performed just now. */
export class AttemptEngine implements NodeEngine {
  readonly #performing = new Set<StepKey>();
  readonly runId: string;
  readonly history: EngineRun['history'];
  readonly record: NodeEngine['record'];
  readonly emitText: NodeEngine['emitText'];
  readonly timer: NodeEngine['timer'];
  readonly signal: NodeEngine['signal'];
  readonly expire: NodeEngine['expire'];
  readonly now: NodeEngine['now'];
  readonly #run: EngineRun;
  readonly #onChange: () => void;

  /** @param onChange told when a step has ended */
  constructor(run: EngineRun, onChange: () => void) {
    this.runId = run.runId;
    this.history = run.history;
    this.record = (body) => run.record(body);
    this.emitText = (key, text) => run.emitText(key, text);
    this.timer = (until, callback) => run.timer(until, callback);
    this.signal = (key, callback, failed) => run.signal(key, callback, failed);
    this.expire = (key) => run.expire(key);
    this.now = () => run.now();
    this.#run = run;
    this.#onChange = onChange;
  }

  /** Whether no step is performed, but for those that do nothing themselves: an answer is waited for inside them. */
  isQuiet(open: readonly SentSuspension[]): boolean {
    const steps = [...this.#performing];
    const isAlone = (step: StepKey): boolean => steps.filter(({ node }) => node === step.node).length === 1;
    return steps.every((step) =>
      open.some(
        (wait) =>
          (wait.node === step.node && wait.step.startsWith(`${step.step}/`)) ||
          (wait.node.startsWith(`${step.node}/`) && isAlone(step)),
      ),
    );
  }

  get sensitive(): NodeEngine['sensitive'] {
    return this.#run.sensitive;
  }

  set sensitive(values: NodeEngine['sensitive']) {
    this.#run.sensitive = values;
  }

  task<T>(key: StepKey, perform: () => T | Promise<T>, recording: StepRecording<T>): T | Promise<T> {
    if (recording.composed === true) return this.#run.task(key, perform, recording);
    const step = { ...key };
    const counted = async (): Promise<T> => {
      this.#performing.add(step);
      try {
        return await perform();
      } finally {
        this.#performing.delete(step);
        this.#onChange();
      }
    };
    return this.#run.task(key, counted, recording);
  }
}
