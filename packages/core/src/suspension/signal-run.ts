import type { Engine } from '../engine/engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, NodeResumeEvent } from '../events/event.js';
import type { Execution } from '../execution/execution.js';
import type { Answer } from '../journal/journal.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue } from '../schema/schema.js';
import { type Asked, askedIn, isAsked } from './asked-in.js';
import type { OpenSignal } from './open-suspension.js';

export interface SignalRequest {
  readonly runId: string;
  readonly name: string;
  readonly value: unknown;
  readonly node: string | undefined;
  /** Who answers. */
  readonly by?: Json | undefined;
}

type Awaited = Pick<SignalRequest, 'runId' | 'name' | 'node'>;

/**
 * Answers a suspension, at most once; the answer is checked and kept before the node sees it. In a run that has just been
 * taken over, a node comes again to where it waited: the answer waits for that.
 *
 * @returns false where a node waits, but not in this execution: it has stopped
 */
export async function signalRun(
  engine: Engine,
  execution: Execution | undefined,
  { runId, name, value, node, by }: SignalRequest,
): Promise<boolean> {
  const plain = toPlain(value, { what: `the answer to '${name}'` });
  const suspension = await openSuspension(engine, execution, { runId, name, node });
  if (suspension === undefined) return false;
  const checked = suspension.schema === undefined ? undefined : await suspension.schema.validate(plain);
  if (checked !== undefined && !checked.valid) throw invalidAnswer(runId, suspension, checked.issues);
  const answer = checked === undefined ? plain : toPlain(checked.value, {});
  const place = { node: suspension.node, step: suspension.step };
  const counts = await engine.answer(runId, { ...place, value: answer, ...(by === undefined ? {} : { by }) });
  if (!counts) throw notFirst(runId, name, await engine.answered(runId, place.node, place.step));
  return true;
}

/** @returns nothing where the execution has stopped @throws signal-unknown, signal-answered */
async function openSuspension(
  engine: Engine,
  execution: Execution | undefined,
  { runId, name, node }: Awaited,
): Promise<OpenSignal | undefined> {
  for (;;) {
    const open = execution?.suspensions.signals() ?? [];
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
    await assertAwaited(engine, { runId, name, node });
    if (next === undefined) return undefined;
    await next;
  }
}

/**
 * Whether a node waits for an answer, by the run's records.
 * @throws signal-unknown, signal-answered where none does, and says why
 */
export async function assertAwaited(engine: Engine, { runId, name, node: wanted }: Awaited): Promise<void> {
  const records = await engine.read(runId);
  const isMeant = ({ signal, node }: Asked): boolean => signal === name && (wanted === undefined || node === wanted);
  const open = askedIn(records).filter(isMeant);
  for (const { node, step } of open) if ((await engine.answered(runId, node, step)) === undefined) return;
  const last = open.at(-1) ?? records.filter(isAsked).findLast(isMeant);
  if (last === undefined) throw notAwaited({ runId, name, node: wanted }, records);
  const first = await engine.answered(runId, last.node, last.step);
  throw first === undefined ? overWithout(runId, records, last) : notFirst(runId, name, first);
}

function notAwaited({ runId, name, node }: Awaited, records: readonly JournalRecord[]): EspalierError {
  const open = askedIn(records);
  if (node !== undefined) {
    const others = open.map((asked) => `'${asked.signal}' at '${asked.node}'`).join(', ') || 'nothing';
    const message = `Node '${node}' of run '${runId}' does not wait for '${name}'; the run waits for ${others}.`;
    return unknown(runId, message, open);
  }
  const waiting = [...new Set(open.map(({ signal }) => `'${signal}'`))].join(', ') || 'nothing';
  return unknown(runId, `No node of run '${runId}' waits for '${name}'; it waits for ${waiting}.`, open);
}

/** With what to write instead. */
function unknown(runId: string, message: string, [first]: readonly Asked[]): EspalierError {
  const hint =
    first === undefined
      ? `Nobody is asked anything just now: see what the run does, with espalier.history('${runId}').`
      : `Write signal('${runId}', '${first.signal}', value, { node: '${first.node}' }).`;
  return new EspalierError('signal-unknown', message, { hint, where: { runId } });
}

/** Nobody waits any more, though no answer is kept. In a fork, answers to the first run are among the records. */
function overWithout(runId: string, records: readonly JournalRecord[], { signal, node, step }: Asked): EspalierError {
  const over = records.findLast(
    (record): record is NodeResumeEvent =>
      record.type === 'node-resume' && record.node === node && record.step === step,
  );
  if (over !== undefined && over.error === undefined) return answered(runId, signal);
  if (over !== undefined) return tooLate(runId, signal, 'nobody answered in time');
  const hasEnded = records.at(-1)?.type === 'run-end';
  return tooLate(runId, signal, hasEnded ? 'the run has ended' : `node '${node}' does not wait for it any more`);
}

export function invalidAnswer(
  runId: string,
  { node, signal }: Pick<OpenSignal, 'node' | 'signal'>,
  issues: readonly SchemaIssue[],
): EspalierError {
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

/** Something stands in the place of the answer already. */
const notFirst = (runId: string, name: string, first: Answer | undefined): EspalierError =>
  first?.timedOut === true ? tooLate(runId, name, 'nobody answered in time') : answered(runId, name);

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
