import { count } from '../report/words.js';
import { durationText } from './duration-text.js';
import type { NodeProgress, RunProgress, Standing } from './run-progress.js';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  readonly now: number;
}

const marks: Readonly<Record<Standing, string>> = {
  waiting: '·',
  running: '▸',
  done: '✓',
  skipped: '○',
  failed: '✗',
  cancelled: '–',
};
const colours: Readonly<Record<Standing, string>> = {
  waiting: '2',
  running: '36',
  done: '32',
  skipped: '2',
  failed: '31',
  cancelled: '33',
};
const narrow = 60;
/** What is dropped first where there are more nodes than lines. */
const importance: readonly Standing[] = ['failed', 'running', 'cancelled', 'waiting', 'done', 'skipped'];

/** The live view: a heading and one line per node, never wider or higher than the screen. */
export function drawProgress(heading: string, progress: RunProgress, screen: Screen): readonly string[] {
  const width = Math.max(10, screen.columns - 1);
  // One line for the heading, one that the cursor rests on.
  const room = Math.max(1, screen.rows - 2);
  const shown = chosen(progress.nodes, progress.nodes.length <= room ? room : Math.max(1, room - 1));
  const nameWidth = Math.max(...progress.nodes.map(({ name }) => name.length));
  const lines = shown.map((node) => paint(node.standing, lineOf(node, nameWidth, screen.now, width), screen.colour));
  const hidden = progress.nodes.length - shown.length;
  const time = durationText((progress.endedAt ?? screen.now) - (progress.startedAt || screen.now));
  return [
    bold(`${cut(heading, Math.max(1, width - time.length - 2))}  ${time}`, screen.colour),
    ...lines,
    ...(hidden > 0 && room > 1 ? [cut(`  and ${hidden} more agents`, width)] : []),
  ];
}

function chosen(nodes: readonly NodeProgress[], room: number): readonly NodeProgress[] {
  if (nodes.length <= room) return nodes;
  const kept = new Set(
    [...nodes]
      .sort((a, b) => importance.indexOf(a.standing) - importance.indexOf(b.standing))
      .slice(0, Math.max(0, room)),
  );
  return nodes.filter((node) => kept.has(node));
}

/** On a narrow screen the mark alone says how the node stands. */
function lineOf(node: NodeProgress, nameWidth: number, now: number, width: number): string {
  const time = node.startedAt === undefined ? '' : durationText((node.endedAt ?? now) - node.startedAt);
  const standing = width < narrow ? '' : ` ${node.standing.padEnd(9)}`;
  const line = `${marks[node.standing]} ${node.name.padEnd(nameWidth)} ${standing} ${time.padStart(7)}  ${detailsOf(node)}`;
  return cut(line.trimEnd(), width);
}

/** Items, tries and calls, in words; the reason where it failed or was skipped. */
export function detailsOf(node: NodeProgress): string {
  const { items, retries, fallbacks, iterations, modelCalls, toolCalls, why } = node;
  const parts = [
    ...(items === undefined ? [] : [`${items.ended}/${items.count}`]),
    ...(modelCalls > 0 ? [count(modelCalls, 'model call')] : []),
    ...(toolCalls > 0 ? [count(toolCalls, 'tool call')] : []),
    ...(iterations > 1 ? [`round ${iterations}`] : []),
    ...(retries > 0 ? [count(retries, 'retry', 'retries')] : []),
    ...(fallbacks > 0 ? [count(fallbacks, 'fallback')] : []),
    ...(why === undefined ? [] : [why.split('\n')[0] as string]),
  ];
  return parts.join(', ');
}

const cut = (line: string, width: number): string => (line.length > width ? `${line.slice(0, width - 1)}…` : line);

const paint = (standing: Standing, line: string, colour: boolean): string =>
  colour ? `\u001b[${colours[standing]}m${line}\u001b[0m` : line;

const bold = (line: string, colour: boolean): string => (colour ? `\u001b[1m${line}\u001b[0m` : line);
