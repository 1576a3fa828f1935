import type { JournalRecord, RunReply, RuntimeHost } from '@espalier/core';
import {
  handlers,
  RestatePromise,
  TerminalError,
  type WorkflowContext,
  type WorkflowSharedContext,
  workflow,
} from '@restatedev/restate-sdk';
import { holdRun } from '../run/hold-run.js';
import { names } from '../run/state-names.js';
import type { AskReply, KeptSummary, RecordPage, RunOrder, TimedRequest } from '../wire.js';
import { runService } from './service-names.js';

/** How many of them one answer holds at most. */
const MOST = 2048;
/** How often it is looked whether a run has ended that is to reply, in milliseconds. */
const LOOK = 2000;

/** What the service of runs is made with. */
export interface RunServiceOptions {
  readonly namespace: string;
  /** How long a run that has ended can be read, in milliseconds. */
  readonly retention: number;
  readonly inactivityTimeout: number;
  readonly abortTimeout: number;
}

/** The workflow service that holds runs: one key a run. Its records are in the state of that key. */
export function runServiceOf(host: RuntimeHost, { namespace, retention, ...times }: RunServiceOptions) {
  return workflow({
    name: runService(namespace),
    handlers: {
      run: (context: WorkflowContext, order: RunOrder) => holdRun(host, namespace, context, order),
      find: handlers.workflow.shared((context: WorkflowSharedContext) => context.get<KeptSummary>(names.summary)),
      read: handlers.workflow.shared((context: WorkflowSharedContext, from: number) => readPage(context, from)),
      history: handlers.workflow.shared(
        { enableLazyState: false }, // all of it comes at once
        (context: WorkflowSharedContext, from: number) => readPage(context, from),
      ),
      ask: handlers.workflow.shared((context: WorkflowSharedContext, asked: TimedRequest) => ask(context, asked)),
    },
    options: {
      ...times,
      workflowRetention: retention,
      enableLazyState: true,
      explicitCancellation: true,
    },
  });
}

/** The records from a position on that are there already; not all of them, where there are many. */
async function readPage(context: WorkflowSharedContext, from: number): Promise<RecordPage> {
  const found = await batchFrom(context, from);
  if (found === 'unknown') return { records: [], unknown: true };
  const records: JournalRecord[] = [];
  let batch = found;
  while (batch !== undefined && records.length < MOST) {
    records.push(...batch);
    const next: number = (batch.at(-1) as JournalRecord).seq + 1;
    batch = (await context.get<JournalRecord[]>(names.records(next))) ?? undefined;
  }
  return { records: records.filter(({ seq }) => seq >= from) };
}

/** The batch that has a position in it: mostly, it begins with it. */
async function batchFrom(
  context: WorkflowSharedContext,
  from: number,
): Promise<JournalRecord[] | undefined | 'unknown'> {
  const exact = await context.get<JournalRecord[]>(names.records(from));
  if (exact !== null) return exact;
  const firsts = (await context.stateKeys()).flatMap((name) => names.firstOf(name) ?? []);
  if (firsts.length === 0) return 'unknown';
  const before = Math.max(...firsts.filter((first) => first <= from));
  const batch = await context.get<JournalRecord[]>(names.records(before));
  return batch?.some(({ seq }) => seq >= from) === true ? batch : undefined;
}

/** Puts a request where the run takes it, and waits for its reply, or for the end of the run. */
async function ask(context: WorkflowSharedContext, asked: TimedRequest): Promise<AskReply> {
  const summary = await context.get<KeptSummary>(names.summary);
  if (summary === null) return { over: true };
  const number = await place(context, asked);
  for (let ended = summary.status !== undefined; ; ) {
    const reply = context.promise<RunReply>(names.reply(number)).get();
    const look = context.sleep(ended ? 0 : LOOK).map(() => undefined);
    const first = await RestatePromise.race([reply, look]);
    if (first !== undefined) return first;
    if (ended) return { over: true };
    ended = (await context.get<KeptSummary>(names.summary))?.status !== undefined;
  }
}

/** The first place that nobody has taken. */
async function place(context: WorkflowSharedContext, asked: TimedRequest): Promise<number> {
  for (let number = ((await context.get<number>(names.asked)) ?? 0) + 1; ; number++) {
    try {
      await context.promise<TimedRequest>(names.request(number)).resolve(asked);
      return number;
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
    }
  }
}
