import type { Engine } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, NodeSuspendEvent } from '../events/event.js';
import type { Execution } from '../execution/execution.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue } from '../schema/schema.js';
import type { OpenSuspension } from './open-suspension.js';

export interface SignalRequest {
  readonly runId: string;
  readonly name: string;
  readonly value: unknown;
  readonly node: string | undefined;
}

/**
 * Answers a suspension, at most once; the answer is checked and kept before the node sees it. In a run that has just been
 * taken over, a node comes again to where it waited: the answer waits for that.
 */
export async function signalRun(
  engine: Engine,
  execution: Execution | undefined,
  { runId, name, value, node }: SignalRequest,
): Promise<void> {
  const plain = toPlain(value, { what: `the answer to '${name}'` });
  const suspension = await openSuspension(engine, execution, { runId, name, node });
  const checked = suspension.schema === undefined ? undefined : await suspension.schema.validate(plain);
  if (checked !== undefined && !checked.valid) throw invalid(runId, suspension, checked.issues);
  const answer = checked === undefined ? plain : toPlain(checked.value, {});
  const counts = await engine.answer(runId, { node: suspension.node, step: suspension.step, value: answer });
  if (!counts) throw answered(runId, name);
}

/** @throws signal-unknown, signal-answered */
async function openSuspension(
  engine: Engine,
  execution: Execution | undefined,
  { runId, name, node }: Omit<SignalRequest, 'value'>,
): Promise<OpenSuspension> {
  for (;;) {
    const open = execution?.suspensions.all() ?? [];
    const matching = open.filter(({ signal, node: path }) => signal === name && (node === undefined || path === node));
    const [suspension, second] = matching;
    if (second !== undefined) {
      throw new EspalierError(
        'signal-unknown',
        `Several nodes of run '${runId}' wait for '${name}': ${matching.map(({ node: path }) => path).join(', ')}.`,
        { hint: `Say which one: signal(runId, '${name}', value, { node: '${suspension?.node}' }).`, where: { runId } },
      );
    }
    if (suspension !== undefined) return suspension;
    const isHeld = execution !== undefined && execution.stopReason === undefined;
    const next = isHeld ? execution.suspensions.next() : undefined; // before the journal is asked: it may begin meanwhile
    const problem = await notOpen(engine, { runId, name, node, open, isHeld });
    if (problem !== undefined || next === undefined) throw problem;
    await next;
  }
}

interface NotOpen {
  readonly runId: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly open: readonly OpenSuspension[];
  /** Whether this process holds the run. */
  readonly isHeld: boolean;
}

/** Why nothing can be answered; nothing where the node will come again to where it waits. */
async function notOpen(
  engine: Engine,
  { runId, name, node: wanted, open, isHeld }: NotOpen,
): Promise<EspalierError | undefined> {
  const records = await engine.read(runId);
  const asked = records.findLast(
    (record) =>
      record.type === 'node-suspend' && record.signal === name && (wanted === undefined || record.node === wanted),
  );
  if (asked !== undefined) {
    const { node, step } = asked as NodeSuspendEvent;
    if ((await engine.answered(runId, node, step)) !== undefined) return answered(runId, name);
    const why = whyOver(records, asked as NodeSuspendEvent);
    if (why !== undefined) return tooLate(runId, name, why);
    return isHeld ? undefined : away(runId, name);
  }
  const waiting = open.map(({ signal }) => `'${signal}'`).join(', ') || 'nothing';
  return new EspalierError(
    'signal-unknown',
    `No node of run '${runId}' waits for '${name}'; it waits for ${waiting}.`,
    {
      where: { runId },
    },
  );
}

/** Why nobody waits any more, though there is no answer; nothing where somebody does. */
function whyOver(records: readonly JournalRecord[], { node, step }: NodeSuspendEvent): string | undefined {
  const over = records.some((record) => record.type === 'node-resume' && record.node === node && record.step === step);
  if (over) return 'nobody answered in time';
  return records.at(-1)?.type === 'run-end' ? 'the run has ended' : undefined;
}

/** The schema of the answer is known only where the run is held. */
const away = (runId: string, name: string): EspalierError =>
  new EspalierError('signal-unknown', `Run '${runId}' waits for '${name}', but this process does not hold the run.`, {
    hint: `Go on with the run first: await espalier.resume('${runId}').`,
    where: { runId },
  });

function invalid(runId: string, { node, signal }: OpenSuspension, issues: readonly SchemaIssue[]): EspalierError {
  const [first] = issues as readonly [SchemaIssue];
  return new EspalierError(
    'signal-invalid',
    `The answer to '${signal}' does not match: ${first.path}: ${first.message}.`,
    {
      hint: `Correct the value at ${first.path} and answer again.`,
      where: { runId, node, path: first.path },
      details: { issues },
    },
  );
}

const answered = (runId: string, name: string): EspalierError =>
  new EspalierError(
    'signal-answered',
    `'${name}' of run '${runId}' has been answered already; the first answer counts.`,
    {
      where: { runId },
    },
  );

const tooLate = (runId: string, name: string, why: string): EspalierError =>
  new EspalierError('signal-answered', `The answer to '${name}' of run '${runId}' comes too late: ${why}.`, {
    hint: 'Nothing waits for it any more.',
    where: { runId },
  });
