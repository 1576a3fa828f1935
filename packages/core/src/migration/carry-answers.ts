import type { Engine } from '../engine/engine.js';
import { rootOf } from '../engine/node-paths.js';
import type { JournalRecord } from '../events/event.js';
import { askedIn } from '../suspension/asked-in.js';

/**
 * Answers that were taken and that no node has seen yet stand under the names that nodes had: they count under the new ones too.
 * @param keep each new name, with the old one
 */
export async function carryAnswers(
  engine: Pick<Engine, 'answer' | 'answered'>,
  runId: string,
  records: readonly JournalRecord[],
  keep: Readonly<Record<string, string>>,
): Promise<void> {
  const names = new Map(Object.entries(keep).map(([name, was]) => [was, name]));
  for (const { node, step } of askedIn(records)) {
    const root = rootOf(node);
    const name = names.get(root);
    if (name === undefined || name === root) continue;
    const answer = await engine.answered(runId, node, step);
    if (answer !== undefined) await engine.answer(runId, { ...answer, node: name + node.slice(root.length) });
  }
}
