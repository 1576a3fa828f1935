import { metadataKey } from '../metadata/metadata-key.js';
import type { Policy } from './policy.js';

/** Policies of a class (all its members share the key's target) or of one of its tool methods. */
const classPolicies = metadataKey<readonly Policy[]>('policies');
const methodPolicies = metadataKey<ReadonlyMap<string, readonly Policy[]>>('tool-policies');

/** A decorator for an agent class or for a `@Tool` method. */
export type PolicyDecorator = (target: object, member?: string | symbol, descriptor?: PropertyDescriptor) => void;

/** The decorator that adds a policy to the class or tool method it stands on. */
export function recordPolicy(policy: Policy): PolicyDecorator {
  return (target, member) => {
    if (member === undefined) {
      classPolicies.write(target, Object.freeze([policy, ...(classPolicies.read(target) ?? [])]));
      return;
    }
    const all = new Map(methodPolicies.read(target));
    all.set(String(member), Object.freeze([policy, ...(all.get(String(member)) ?? [])]));
    methodPolicies.write(target, all);
  };
}

/** The policies that stand on a class, in the order of its decorators. */
export const policiesOfClass = (target: object): readonly Policy[] => classPolicies.read(target) ?? [];

const noMethods: ReadonlySet<string> = new Set();

/** Names of the methods that a class and its superclasses put policies on. */
export function methodsWithPolicies(prototype: object): ReadonlySet<string> {
  let methods: Set<string> | undefined;
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const own = methodPolicies.read(at);
    if (own === undefined) continue;
    methods ??= new Set();
    for (const method of own.keys()) methods.add(method);
  }
  return methods ?? noMethods;
}

/** The policies that stand on a tool method of a class. */
export function policiesOfMethod(prototype: object, method: string): readonly Policy[] {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const own = methodPolicies.read(at)?.get(method);
    if (own !== undefined) return own;
  }
  return [];
}
