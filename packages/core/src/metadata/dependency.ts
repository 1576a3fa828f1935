import type { AgentClass, OutputOf } from './agent-class.js';

/** A dependency that may be skipped or fail; its dependent then gets `undefined`. */
export interface OptionalDependency<D extends AgentClass | EachDependency = AgentClass | EachDependency> {
  readonly kind: 'optional';
  readonly dependency: D;
}

/** The first of several agents, in declared order, that succeeded. */
export interface FirstOfDependency<A extends AgentClass = AgentClass> {
  readonly kind: 'first-of';
  readonly agents: readonly A[];
}

/** All outputs of an agent that runs once per item, in item order. */
export interface EachDependency<A extends AgentClass = AgentClass, MayFail extends boolean = boolean> {
  readonly kind: 'each';
  readonly agent: A;
  /** Whether items may fail: `null` then stands in their places. */
  readonly mayFail: MayFail;
}

/** What may stand in `@DependsOn`. */
export type Dependency = AgentClass | OptionalDependency | FirstOfDependency | EachDependency;

/** What a dependency gives to `run()`. */
type DependencyOutput<D> = D extends AgentClass
  ? OutputOf<D>
  : D extends OptionalDependency<infer A>
    ? DependencyOutput<A> | undefined
    : D extends FirstOfDependency<infer A>
      ? OutputOf<A>
      : D extends EachDependency<infer A, infer MayFail>
        ? readonly (Item<OutputOf<A>> | (MayFail extends true ? null : never))[]
        : never;

/** In an array, `null` stands for nothing: `undefined` is no plain data there. */
// biome-ignore lint/suspicious/noConfusingVoidType: run() may give nothing
type Item<T> = T extends undefined | void ? null : T;

/** What several dependencies give, in declared order. */
export type DependencyOutputs<D extends readonly Dependency[]> = { -readonly [I in keyof D]: DependencyOutput<D[I]> };

/**
 * Lets a dependency be skipped or fail: `run()` then gets `undefined` in its place.
 * @param dependency an agent class, or {@link each} of one that runs once per item
 * @example \@DependsOn(Draft, optional(Illustration))
 */
export function optional<D extends AgentClass | EachDependency>(dependency: D): OptionalDependency<D> {
  return Object.freeze({ kind: 'optional', dependency });
}

/**
 * The output of the first of these agents, in declared order, that succeeds. It is settled as soon as that is
 * certain; the others go on.
 * @example \@DependsOn(firstOf(PrimarySource, Archive))
 */
export function firstOf<A extends AgentClass[]>(...agents: A): FirstOfDependency<A[number]> {
  return Object.freeze({ kind: 'first-of', agents: Object.freeze([...agents]) });
}

/**
 * All outputs of an agent that runs once per item (`@ForEach`), in item order. An item that fails, fails them all; around
 * {@link optional} it leaves `null` in its place, for `undefined` in an array is no plain data.
 * @param agent an agent class, or {@link optional} of one
 * @example \@DependsOn(each(Section), each(optional(Picture)))
 */
export function each<A extends AgentClass>(agent: A): EachDependency<A, false>;
export function each<A extends AgentClass>(agent: OptionalDependency<A>): EachDependency<A, true>;
export function each(agent: AgentClass | OptionalDependency<AgentClass>): EachDependency {
  const mayFail = typeof agent === 'object' && agent !== null;
  return Object.freeze({ kind: 'each', agent: mayFail ? agent.dependency : agent, mayFail });
}

/** The agent classes that a dependency names. After a circular import they may be `undefined`: the proof reports it. */
export function agentsOf(dependency: Dependency): readonly AgentClass[] {
  if (typeof dependency !== 'object' || dependency === null) return [dependency];
  if (dependency.kind === 'optional') return agentsOf(dependency.dependency);
  return dependency.kind === 'first-of' ? dependency.agents : [dependency.agent];
}

/** The array of items that a dependency takes, if it takes one. */
export function eachOf(dependency: Dependency): EachDependency | undefined {
  if (typeof dependency !== 'object' || dependency === null) return undefined;
  if (dependency.kind === 'optional') return eachOf(dependency.dependency);
  return dependency.kind === 'each' ? dependency : undefined;
}

/** Whether a dependency takes the array of an agent that runs once per item. */
export const isEach = (dependency: Dependency): boolean => eachOf(dependency) !== undefined;
