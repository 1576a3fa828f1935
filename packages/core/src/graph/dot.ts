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
 * Draws a plan in DOT, the language of Graphviz: `dot -Tsvg graph.dot -o graph.svg`. With the outcome of a run, each
 * node has its status, in words and by colour.
 *
 * Agents that use a model have round corners, plain code has sharp ones, the output agent has a double border. Solid
 * edges are required, dotted ones optional; dashed ones lead to agents that run inside another: fallbacks, hand-offs,
 * tools.
 *
 * @returns the same text for the same plan and statuses; it ends with a line break
 * @example
 * await writeFile('graph.dot', toDot(espalier.describe(researchReport), await run.outcome));
 */
export function toDot(plan: WorkflowPlan, outcome?: DrawnOutcome): string {
  const { nodes, edges } = drawingOf(plan, outcome);
  const lines = [
    `digraph ${quoted(plan.workflow)} {`,
    `  label=${quoted(`${plan.workflow}, version ${plan.version}`)} labelloc=t fontname="Helvetica"`,
    '  node [shape=box fontname="Helvetica" margin="0.2,0.1"]',
    '  edge [fontname="Helvetica" fontsize=10]',
    ...nodes.map((node) => `  ${nodeLine(node)}`),
    ...edges.map((edge) => `  ${edgeLine(edge)}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function nodeLine({ id, name, details, usesModel, isOutput, status }: DrawnNode): string {
  const attributes = [`label=${quoted([name, ...details].join('\n'))}`];
  const look = status !== undefined && Object.hasOwn(statusLooks, status) ? statusLooks[status] : undefined;
  const styles = [...(usesModel ? ['rounded'] : []), ...(look === undefined ? [] : ['filled'])];
  if (styles.length > 0) attributes.push(`style="${styles.join(',')}"`);
  if (look !== undefined) attributes.push(`fillcolor="${look.fill}" color="${look.stroke}"`);
  if (isOutput) attributes.push('peripheries=2');
  return `${id} [${attributes.join(' ')}]`;
}

function edgeLine({ from, to, kind }: DrawnEdge): string {
  const attributes = [
    ...(kind === 'required' ? [] : [`label=" ${edgeLabel(kind)} "`]),
    ...(kind === 'optional' ? ['style=dotted'] : []),
    ...(isNestedEdge(kind) ? ['style=dashed'] : []),
    ...(arrows[kind] === undefined ? [] : [`arrowhead=${arrows[kind]}`]),
  ];
  return `${from} -> ${to}${attributes.length === 0 ? '' : ` [${attributes.join(' ')}]`}`;
}

/** Heads of edges that are no plain arrows. */
const arrows: Readonly<Partial<Record<DrawnEdge['kind'], string>>> = {
  'first-of': 'empty',
  'for-each': 'crow',
  when: 'diamond',
};

/** A string of DOT. Within labels a backslash begins an escape and `&` an HTML entity. */
const quoted = (text: string): string =>
  `"${printable(text).replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;').replaceAll('\n', '\\n')}"`;
