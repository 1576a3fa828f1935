import type { PlanEdge, PlanNode, WorkflowPlan } from './plan.js';

/** What became of the nodes of a run, by name; the outcome of a run is one. */
export interface DrawnOutcome {
  nodes(): Readonly<Record<string, { readonly status: string; readonly output?: unknown }>>;
}

/** A node as a picture shows it, whatever the language of the picture. */
export interface DrawnNode {
  /** `n0`, `n1`, …: no word of any language. */
  readonly id: string;
  readonly name: string;
  /** What stands below the name: our own words, nothing of a user's. */
  readonly details: readonly string[];
  readonly usesModel: boolean;
  readonly isOutput: boolean;
  readonly status: string | undefined;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: PlanEdge['kind'];
}

/** How a status looks, and how it reads where there is no colour. */
export interface StatusLook {
  readonly mark: string;
  readonly fill: string;
  readonly stroke: string;
}

export const statusLooks: Readonly<Record<string, StatusLook>> = Object.freeze({
  completed: { mark: '✓', fill: '#dcf3e2', stroke: '#1d7a3a' },
  failed: { mark: '✗', fill: '#fbdcdc', stroke: '#b3261e' },
  skipped: { mark: '–', fill: '#eeeeee', stroke: '#8a8a8a' },
  cancelled: { mark: '■', fill: '#f6e3cf', stroke: '#9a5b13' },
  suspended: { mark: '‖', fill: '#fdf3c8', stroke: '#8a6d00' },
  running: { mark: '▶', fill: '#dbe9fb', stroke: '#1a5fb4' },
  ready: { mark: '○', fill: '#ffffff', stroke: '#1a5fb4' },
  pending: { mark: '○', fill: '#ffffff', stroke: '#8a8a8a' },
});

export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/**
 * What there is to draw of a plan and, after a run, of its outcome, in the plan's order. An agent that has a place of
 * its own and also runs inside another is drawn once.
 */
export function drawingOf(plan: WorkflowPlan, outcome?: DrawnOutcome): Drawing {
  const outcomes = outcome === undefined ? undefined : new Map(Object.entries(outcome.nodes()));
  const nodes = new Map<string, DrawnNode>();
  for (const node of plan.nodes) {
    if (nodes.has(node.name)) continue;
    const end = outcomes?.get(node.name);
    nodes.set(node.name, {
      id: `n${nodes.size}`,
      name: node.name,
      details: detailsOf(node, node.name === plan.output, end),
      usesModel: node.usesModel,
      isOutput: node.name === plan.output,
      status: end?.status,
    });
  }
  const edges = new Map<string, DrawnEdge>();
  for (const { from, to, kind } of plan.edges) {
    const [tail, head] = [nodes.get(from)?.id, nodes.get(to)?.id];
    if (tail !== undefined && head !== undefined) edges.set(`${tail} ${head} ${kind}`, { from: tail, to: head, kind });
  }
  return { nodes: [...nodes.values()], edges: withoutImplied(edges) };
}

/** An edge that says more stands for a required one between the same nodes. */
function withoutImplied(edges: ReadonlyMap<string, DrawnEdge>): readonly DrawnEdge[] {
  const saysMore = ({ from, to }: DrawnEdge): boolean =>
    edges.has(`${from} ${to} when`) || edges.has(`${from} ${to} for-each`);
  return [...edges.values()].filter((edge) => edge.kind !== 'required' || !saysMore(edge));
}

function detailsOf(
  { usesModel, forEach, repeat }: PlanNode,
  isOutput: boolean,
  end: { readonly status: string; readonly output?: unknown } | undefined,
): readonly string[] {
  const what = [
    ...(usesModel ? ['model'] : []),
    ...(forEach === undefined ? [] : [`at most ${forEach.max} items`]),
    ...(repeat === undefined ? [] : [`at most ${repeat.max} times`]),
    ...(isOutput ? ['output'] : []),
  ].join(', ');
  const lines = what === '' ? [] : [what];
  if (end !== undefined) {
    const items = forEach !== undefined && Array.isArray(end.output) ? `, ${count(end.output.length)}` : '';
    const mark = Object.hasOwn(statusLooks, end.status) ? `${statusLooks[end.status]?.mark} ` : '';
    lines.push(`${mark}${end.status}${items}`);
  }
  return lines;
}

const count = (items: number): string => `${items} ${items === 1 ? 'item' : 'items'}`;

/** What stands on an edge. A required one needs no word. */
export const edgeLabel = (kind: PlanEdge['kind']): string => (kind === 'required' ? '' : kind.replace('-', ' '));

/** Edges to agents that run inside another one. */
export const isNestedEdge = (kind: PlanEdge['kind']): boolean =>
  kind === 'fallback' || kind === 'handoff' || kind === 'tool';

/** Characters that no picture can show, shown as such; every line break is `\n`. */
export const printable = (text: string): string =>
  text.replace(/\r\n?|[\u2028\u2029]/gu, '\n').replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, '\uFFFD');
