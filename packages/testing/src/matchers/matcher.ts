import type { Event } from '@espalier/core';
import { diffLines } from '../text/diff-lines.js';
import { type Facts, factsOf } from './facts.js';
import { storyOf } from './story.js';

/** What `expect` of jest and vitest gives to a matcher, as far as it is used. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly promise?: string;
  readonly customTesters?: readonly unknown[];
  equals(a: unknown, b: unknown, testers?: readonly unknown[]): boolean;
  readonly utils: {
    matcherHint(name: string, received?: string, expected?: string, options?: object): string;
    stringify(value: unknown): string;
    readonly iterableEquality?: unknown;
  };
}

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What a matcher found. */
export interface Verdict {
  readonly pass: boolean;
  /** What was expected: "Expected: …"; with `.not`, "Expected not: …". */
  readonly expected: string;
  /** What was there instead, in lines of its own. */
  readonly got?: readonly string[];
}

export type Matcher<A extends readonly unknown[]> = (
  this: MatcherContext,
  received: unknown,
  ...expected: A
) => MatcherResult | Promise<MatcherResult>;

/** A matcher on runs: at once where all is known, else a promise. */
export function matcher<A extends readonly unknown[]>(
  name: string,
  check: (facts: Facts, context: MatcherContext, ...expected: A) => Verdict,
): Matcher<A> {
  return function (received, ...expected) {
    const result = (facts: Facts): MatcherResult => {
      const verdict = check(facts, this, ...expected);
      return { pass: verdict.pass, message: () => written(name, expected, verdict, facts, this) };
    };
    const facts = labelled(name, () => factsOf(received));
    return facts instanceof Promise ? facts.then(result) : result(facts);
  };
}

function labelled<T>(name: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof TypeError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

function written(
  name: string,
  args: readonly unknown[],
  { expected, got = [] }: Verdict,
  facts: Facts,
  { utils, isNot = false, promise = '' }: MatcherContext,
): string {
  const options = { isNot, promise };
  return [
    utils.matcherHint(name, 'run', args.map((one) => utils.stringify(one)).join(', '), options),
    '',
    `Expected${isNot ? ' not' : ''}: ${expected}`,
    ...got,
    '',
    storyOf(facts),
  ].join('\n');
}

/** Equality as `toEqual` has it, asymmetric matchers too. */
export const same = ({ equals, customTesters = [], utils }: MatcherContext, a: unknown, b: unknown): boolean =>
  equals(a, b, [...customTesters, ...(utils.iterableEquality === undefined ? [] : [utils.iterableEquality])]);

/** What differs, or both where a line says all. */
export function difference({ utils }: MatcherContext, expected: unknown, received: unknown): readonly string[] {
  const [before, after] = [pretty(expected, utils.stringify), pretty(received, utils.stringify)];
  if (!before.includes('\n') && !after.includes('\n')) return [`Received: ${after}`];
  return ['- expected', '+ received', diffLines(before, after)];
}

/** JSON where it is, so that lines compare; asymmetric matchers and the like as the runner prints them. */
function pretty(value: unknown, stringify: (value: unknown) => string): string {
  try {
    const plain = (_key: string, one: unknown): unknown =>
      typeof one === 'object' && one !== null && 'asymmetricMatch' in one ? stringify(one) : one;
    return JSON.stringify(value, plain, 2) ?? String(value);
  } catch {
    return stringify(value);
  }
}

/** @throws TypeError where only the outcome is known */
export function eventsOf({ events }: Facts, name: string): readonly Event[] {
  if (events !== undefined) return events;
  throw new TypeError(
    `${name}: an outcome does not tell; give the run itself, what testWorkflow's run() gives, or the list of its events.`,
  );
}

/** @throws TypeError for a node that the workflow does not have, with `.not` too: a slip of the pen must not pass */
export function knownNode({ nodes }: Facts, path: string, name: string): void {
  if ([...nodes.keys()].some((one) => isAt(one, path))) return;
  const known = [...nodes.keys()].map((one) => `'${one}'`).join(', ');
  throw new TypeError(`${name}: the run has no node '${path}'; it has ${known || 'none'}.`);
}

/** Whether a path is that of the node or of one of its items and iterations. */
export const isAt = (path: string, node: string): boolean => path === node || path.startsWith(`${node}[`);
