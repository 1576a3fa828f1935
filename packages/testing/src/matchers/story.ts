import { EspalierError, serializeError } from '@espalier/core';
import { shortened } from '../script/text-matcher.js';
import type { Facts, NodeFacts } from './facts.js';

/** How a run went, as people read it: below every failed expectation. Messages of several lines stand below, whole. */
export function storyOf(facts: Facts): string {
  const width = Math.max(...[...facts.nodes.keys()].map((path) => path.length), 0);
  const nodes = [...facts.nodes].map(([path, node]) => `  ${path.padEnd(width)}  ${becameOf(node)}`);
  const error = facts.error === undefined ? '' : `: ${writtenError(facts.error)}`;
  return [`The run: ${facts.status}${error}`, ...nodes, ...longMessages(facts)].join('\n');
}

/** What scripts and cassettes say of a request that they do not know, for one. */
function longMessages({ nodes, error }: Facts): readonly string[] {
  const errors = [...nodes.values()].flatMap((node) => (node.error === undefined ? [] : [node.error]));
  const messages = (errors.length > 0 || error === undefined ? errors : [error]).map(
    (one) => serializeError(one).message,
  );
  return [...new Set(messages)].filter((message) => message.includes('\n')).flatMap((message) => ['', message]);
}

function becameOf({ status, attempts, error, skipped }: NodeFacts): string {
  if (skipped?.kind === 'condition') return `skipped: the condition on '${skipped.source}' did not hold`;
  if (skipped !== undefined)
    return `skipped: '${skipped.source}' ${skipped.status === 'failed' ? 'failed' : `was ${skipped.status}`}`;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `${status}${tries}${error === undefined ? '' : `: ${writtenError(error)}`}`;
}

function writtenError(error: unknown): string {
  const { code, message } = serializeError(error);
  const [line = '', ...more] = message.split('\n');
  return `${shortened(`${code}: ${line}`, 300)}${more.length > 0 ? ' …' : ''}`;
}

/** Codes of an error and its causes, and of all nodes' errors: what a run failed with. */
export function codesOf({ error, nodes }: Facts): readonly string[] {
  const codes = new Set<string>();
  for (let at of [error, ...[...nodes.values()].map((node) => node.error)]) {
    for (let depth = 0; at !== undefined && at !== null && depth < 10; depth++) {
      const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown };
      if (EspalierError.is(at) || typeof code === 'string') codes.add(String(code));
      at = cause;
    }
  }
  return [...codes];
}
