import {
  type AttemptMessage,
  type AttemptPlace,
  type AttemptRequest,
  type AttemptResult,
  createEspalier,
  deserializeError,
  type EngineFactory,
  type EngineHost,
  type EngineRun,
  type Espalier,
  EspalierError,
  type EspalierOptions,
  type JournalRecord,
  MemoryJournal,
  type NodeEngine,
  type SentSuspension,
  serializeError,
} from '@espalier/core';
import { EmbeddedEngine } from '../src/engine/embedded-engine.js';
import { RecordedHistory } from '../src/engine/recorded-history.js';
import type { RecordBody } from '../src/events/event.js';
import type { AttemptControl } from '../src/remote/attempt-control.js';
import { markRecord } from '../src/sensitive/mark-record.js';
import type { SensitiveValues } from '../src/sensitive/sensitive-values.js';

/** What goes from one process to another. */
function overTheWire<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** What a test may look at, and how the second process is to be. */
export interface Loopback {
  readonly requests?: AttemptRequest[];
  readonly results?: AttemptResult[];
  /** Whether the run can be told of waits. @default true */
  readonly tells?: boolean;
  /** Whether an attempt that begins to wait leaves its process, and is made again from its records when it may go on. */
  readonly parks?: boolean;
  /** Options of the second runtime that are not those of the first. */
  readonly second?: Partial<EspalierOptions>;
}

/**
 * An engine that makes every attempt in a second runtime of the same classes, as a distributed one would: nothing but JSON
 * goes from one to the other. Records are kept in one journal.
 */
export function loopback(
  options: EspalierOptions,
  { requests, results, tells = true, parks = false, second: own }: Loopback = {},
): EngineFactory {
  const { store = new MemoryJournal(), ...others } = options;
  return {
    async connect({ clock, owner, runtime, dispose }) {
      const second = await createEspalier({ ...others, store, clock, recovery: false, ...own });
      const engine = new EmbeddedEngine(store, clock, owner);
      const attempt = async (run: EngineRun, sent: AttemptRequest, control: AttemptControl): Promise<AttemptResult> => {
        const request = overTheWire(sent);
        requests?.push(request);
        const { engineHost } = second;
        if (parks) {
          const result = await remade({ run, engineHost, request, control });
          results?.push(result);
          return result;
        }
        const tell = (message: AttemptMessage): Promise<void> => control.receive(overTheWire(message));
        const place: AttemptPlace = {
          engine: engineOf(run, request),
          signal: signalOf(control.signal),
          isCounted: true,
          ...(tells ? { tell } : {}),
        };
        const result = overTheWire(await engineHost.performAttempt(request, place));
        results?.push(result);
        return result;
      };
      const withAttempts = (run: EngineRun): EngineRun =>
        Object.assign(run, {
          attempt: (request: AttemptRequest, control: AttemptControl) => attempt(run, request, control),
        });
      const open = engine.open.bind(engine);
      const openWith = engine.openWith.bind(engine);
      const reopen = engine.reopen.bind(engine);
      const first = runtime(
        Object.assign(engine, {
          open: async (...args: Parameters<typeof open>) => withAttempts(await open(...args)),
          openWith: async (...args: Parameters<typeof openWith>) => withAttempts(await openWith(...args)),
          reopen: async (...args: Parameters<typeof reopen>) => withAttempts(await reopen(...args)),
        }),
      );
      return both(first, second, dispose);
    },
  };
}

interface Remaking {
  readonly run: EngineRun;
  readonly engineHost: EngineHost;
  readonly request: AttemptRequest;
  readonly control: AttemptControl;
}

/** Makes an attempt again and again, each time up to its next wait. */
async function remade({ run, engineHost, request, control }: Remaking): Promise<AttemptResult> {
  const { runId, workflow, version, fingerprint } = request;
  const start = { v: 1, runId, seq: 0, time: run.now(), type: 'run-start', workflow, version, fingerprint } as const;
  const records: JournalRecord[] = [start];
  for (;;) {
    const history = new RecordedHistory(records);
    const keep = (body: RecordBody): void =>
      void records.push({ ...body, v: 1, runId, seq: records.length, time: run.now() } as JournalRecord);
    const leave = new AbortController();
    const waits = Promise.withResolvers<AttemptMessage>();
    const tell = async (message: AttemptMessage): Promise<void> => {
      if (message.waits > 0 && message.open.every((one) => !isAnswered(run, one))) waits.resolve(overTheWire(message));
    };
    const signal = AbortSignal.any([leave.signal, signalOf(control.signal)]);
    const made = engineHost.performAttempt(request, {
      engine: engineOf(run, request, { history, keep }),
      signal,
      tell,
    });
    const next = await Promise.race([made, waits.promise]);
    if (!('open' in next)) return overTheWire(next);
    leave.abort(new EspalierError('run-parked', 'It goes on elsewhere.'));
    await control.receive(next);
    await Promise.race(next.open.map((one) => over(run, one)));
    await control.receive({ open: [], waits: 0 });
  }
}

function isAnswered(run: EngineRun, one: SentSuspension): boolean {
  let answered = one.until !== undefined && one.until <= run.now();
  const stop = run.signal(
    one,
    () => {
      answered = true;
    },
    () => {},
  );
  stop();
  return answered;
}

const over = (run: EngineRun, one: SentSuspension): Promise<void> =>
  new Promise((resolve, reject) => {
    if (one.signal !== undefined) run.signal(one, () => resolve(), reject);
    if (one.until !== undefined) run.timer(one.until, resolve);
  });

/** The engine of the place where an attempt is made: it knows nothing of the run but what the request says. */
function engineOf(
  run: EngineRun,
  { runId }: AttemptRequest,
  own: { readonly history?: RecordedHistory; readonly keep?: (body: RecordBody) => void } = {},
): NodeEngine {
  let sensitive: SensitiveValues | undefined;
  const sent = (body: RecordBody): RecordBody => {
    const marked = overTheWire(sensitive === undefined ? body : markRecord(body, sensitive));
    own.keep?.(marked);
    return marked;
  };
  const { history = run.history } = own;
  return {
    runId,
    history,
    get sensitive() {
      return sensitive;
    },
    set sensitive(values) {
      sensitive = values;
    },
    record: (body) => run.record(sent(body)),
    emitText: (key, text) =>
      run.emitText(key, sensitive === undefined ? text : sensitive.maskText({ runId, ...key }, text)),
    task: (key, perform, recording) => {
      const recorded = own.history?.step(key);
      if (recorded?.error !== undefined) throw deserializeError(recorded.error);
      if (recorded !== undefined) return recorded.value as never;
      return run.task(key, async () => overTheWire(await perform()), {
        ...(recording.composed === true ? { composed: true } : {}),
        done: (value) => sent(recording.done(value)),
        failed(error) {
          const body = recording.failed?.(error);
          return body === undefined ? undefined : sent(body);
        },
      });
    },
    timer: (until, callback) => run.timer(until, callback),
    signal: (key, callback, failed) => run.signal(key, (answer) => callback(overTheWire(answer)), failed),
    expire: (key) => run.expire(key),
    now: () => run.now(),
  };
}

/** A signal that aborts as another does, with what is left of its reason over the wire. */
function signalOf(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(deserializeError(overTheWire(serializeError(signal.reason))));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}

/** The first runtime, which is drained with the second one. */
function both(first: Espalier, second: Espalier, dispose: () => Promise<void>): Espalier {
  const drain = first.drain.bind(first);
  return Object.assign(first, {
    drain: async (...args: Parameters<typeof drain>) => {
      const parked = await drain(...args);
      await second.drain({ timeout: 0 });
      await dispose();
      return parked;
    },
  });
}
