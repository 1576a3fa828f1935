import {
  type DrawnEdge,
  type DrawnNode,
  type DrawnOutcome,
  drawingOf,
  edgeLabel,
  isNestedEdge,
  printable,
  statusLooks,
} from './drawing.js';
import type { WorkflowPlan } from './plan.js';

/**
 * Draws a plan as a Mermaid flowchart, which GitHub and most Markdown viewers show as a picture. With the outcome of a
 * run, each node has its status, in words and by colour.
 *
 * Agents that use a model have round ends, plain code has corners, the output agent has a thick border. Solid edges
 * are required, dotted ones optional; dashed ones lead to agents that run inside another: fallbacks, hand-offs, tools.
 *
 * @returns the same text for the same plan and statuses; it ends with a line break
 * @example
 * console.log(toMermaid(espalier.describe(researchReport)));
 * console.log(toMermaid(espalier.describe(researchReport), await run.outcome));
 */
export function toMermaid(plan: WorkflowPlan, outcome?: DrawnOutcome): string {
  const { nodes, edges } = drawingOf(plan, outcome);
  const lines = ['flowchart TD', `  accTitle: ${plan.workflow}, version ${plan.version}`];
  for (const node of nodes) lines.push(`  ${nodeLine(node)}`);
  for (const edge of edges) lines.push(`  ${edgeLine(edge)}`);
  lines.push(...edgeStyles(edges), ...nodeStyles(nodes));
  return `${lines.join('\n')}\n`;
}

function nodeLine({ id, name, details, usesModel }: DrawnNode): string {
  const label = [name, ...details].map(escaped).join('<br/>');
  return usesModel ? `${id}(["${label}"])` : `${id}["${label}"]`;
}

function edgeLine({ from, to, kind }: DrawnEdge): string {
  const arrow = kind === 'optional' || isNestedEdge(kind) ? '-.->' : '-->';
  const label = edgeLabel(kind);
  return `${from} ${arrow}${label === '' ? '' : `|"${label}"|`} ${to}`;
}

/** Mermaid has one kind of broken line; longer dashes tell nested agents from optional edges. */
function edgeStyles(edges: readonly DrawnEdge[]): readonly string[] {
  const dashed = edges.flatMap(({ kind }, index) => (isNestedEdge(kind) ? [index] : []));
  return dashed.length === 0 ? [] : [`  linkStyle ${dashed.join(',')} stroke-dasharray:8 4`];
}

function nodeStyles(nodes: readonly DrawnNode[]): readonly string[] {
  const lines: string[] = [];
  for (const [status, { fill, stroke }] of Object.entries(statusLooks)) {
    const ids = nodes.filter((node) => node.status === status).map(({ id }) => id);
    if (ids.length === 0) continue;
    lines.push(
      `  classDef ${status} fill:${fill},stroke:${stroke},color:#1a1a1a`,
      `  class ${ids.join(',')} ${status}`,
    );
  }
  const output = nodes.find(({ isOutput }) => isOutput);
  if (output !== undefined) lines.push('  classDef output stroke-width:3px', `  class ${output.id} output`);
  return lines;
}

/**
 * Mermaid's labels have three readers: its own grammar, Markdown and HTML. So every character but letters, digits,
 * spaces, and dots, dashes and underscores within a word is written as its number, which all three leave alone.
 */
function escaped(text: string): string {
  return printable(text)
    .split('\n')
    .map((line) => line.replace(unsafe, (character) => `#${character.codePointAt(0)};`))
    .join('<br/>');
}

const unsafe = /(?<![\p{L}\p{N}])[._-]|[._-](?![\p{L}\p{N}])|[^\p{L}\p{M}\p{N} ,._✓✗–■‖▶○-]/gu;
