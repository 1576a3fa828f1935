import type { NodeFacts } from './facts.js';
import { difference, eventsOf, isAt, knownNode, matcher, same } from './matcher.js';

export const toHaveSkipped = matcher<[node: string]>('toHaveSkipped', (facts, _context, node) => {
  knownNode(facts, node, 'toHaveSkipped');
  return { pass: facts.nodes.get(node)?.status === 'skipped', expected: `node '${node}' is skipped` };
});

export const toHaveRun = matcher<[node: string, options?: { readonly attempts?: number }]>(
  'toHaveRun',
  (facts, _context, node, { attempts } = {}) => {
    knownNode(facts, node, 'toHaveRun');
    const found = [...facts.nodes].filter(([path]) => isAt(path, node));
    if (attempts === undefined) return { pass: found.some(([, one]) => hasRun(one)), expected: `node '${node}' runs` };
    eventsOf(facts, 'toHaveRun({ attempts })');
    const made = found.filter(([, one]) => one.started !== undefined);
    const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    return {
      pass: made.length > 0 && made.every(([, one]) => one.attempts === attempts),
      expected: `node '${node}' runs with ${count}`,
      got: made.map(([path, one]) => `Attempts of '${path}': ${one.attempts}`),
    };
  },
);

const hasRun = ({ started, status }: NodeFacts): boolean =>
  started !== undefined || ['running', 'completed', 'failed', 'suspended'].includes(status);

export const toHaveOutput = matcher<[node: string, output: unknown]>('toHaveOutput', (facts, context, node, output) => {
  knownNode(facts, node, 'toHaveOutput');
  const found = facts.nodes.get(node);
  return {
    pass: found?.status === 'completed' && same(context, found.output, output),
    expected: `node '${node}' gives ${context.utils.stringify(output)}`,
    got: found?.status === 'completed' ? difference(context, output, found.output) : [],
  };
});

export const toHaveOrder = matcher<string[]>('toHaveOrder', (facts, _context, ...nodes) => {
  if (nodes.length < 2) throw new TypeError(`toHaveOrder: expected at least two nodes, got ${nodes.length}.`);
  eventsOf(facts, 'toHaveOrder');
  const spans = nodes.map((node) => {
    knownNode(facts, node, 'toHaveOrder');
    const found = [...facts.nodes].filter(([path]) => isAt(path, node)).map(([, one]) => one);
    const starts = found.flatMap(({ started }) => (started === undefined ? [] : [started]));
    const ends = found.flatMap(({ ended }) => (ended === undefined ? [] : [ended]));
    return { node, started: Math.min(...starts), ended: ends.length < starts.length ? Infinity : Math.max(...ends) };
  });
  const wrong = spans.flatMap(({ node, started, ended }, index) => {
    const next = spans[index + 1];
    if (!Number.isFinite(started)) return [`'${node}' never began.`];
    if (next === undefined || !Number.isFinite(next.started) || ended < next.started) return [];
    return [`'${next.node}' began before '${node}' had ended.`];
  });
  return { pass: wrong.length === 0, expected: `${nodes.map((node) => `'${node}'`).join(' before ')}`, got: wrong };
});
