import type { WorkflowPlan } from '@espalier/core';
import { durationText } from '../progress/duration-text.js';
import type { NodeProgress, RunProgress } from '../progress/run-progress.js';
import { count } from './words.js';

/** Where the time went: each node that ran, and the chain of nodes that the run had to wait for. */
export function renderTimes(progress: RunProgress, plan: WorkflowPlan): string {
  const total = Math.max(1, (progress.endedAt ?? 0) - progress.startedAt);
  const path = criticalPath(progress, plan);
  const ran = progress.nodes.filter(({ startedAt }) => startedAt !== undefined);
  const rows = ran.map((node) => [
    `${path.includes(node.name) ? '*' : ' '} ${node.name}${node.items === undefined ? '' : ` ×${node.items.count}`}`,
    durationText(wallTime(node)),
    `${Math.round((100 * wallTime(node)) / total)} %`,
    node.modelCalls === 0 ? '' : String(node.modelCalls),
    node.modelCalls === 0 ? '' : durationText(node.modelTime),
  ]);
  const calls = ran.reduce((sum, { modelCalls }) => sum + modelCalls, 0);
  return [
    '',
    '## Where the time went',
    '',
    ...table(['  agent', 'time', 'share', 'model calls', 'model time'], rows),
    '',
    `${durationText(total)} in all, ${count(calls, 'model call')}.`,
    'Agents run side by side, so their shares may add up to more than 100 %.',
    '* the critical path:',
    `  ${path.join(' → ')}`,
    '',
  ].join('\n');
}

const wallTime = ({ startedAt = 0, endedAt = startedAt }: NodeProgress): number => endedAt - startedAt;

/** From the output back: of all that a node waited for, what ended last. */
export function criticalPath(progress: RunProgress, plan: WorkflowPlan): readonly string[] {
  const byName = new Map(progress.nodes.map((node) => [node.name, node]));
  const path: string[] = [];
  for (let at: string | undefined = plan.output; at !== undefined; ) {
    path.unshift(at);
    const parents = plan.edges.filter(({ to }) => to === at).map(({ from }) => byName.get(from));
    const last = parents
      .filter((node) => node?.endedAt !== undefined)
      .reduce<NodeProgress | undefined>(
        (latest, node) =>
          latest === undefined || (node?.endedAt as number) > (latest.endedAt as number) ? node : latest,
        undefined,
      );
    at = last === undefined || path.includes(last.name) ? undefined : last.name;
  }
  return path;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}
