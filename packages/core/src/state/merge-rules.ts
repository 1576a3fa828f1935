/** Merge rule: the written array's items after those that are there. */
export const append = <T>(current: readonly T[], update: readonly T[]): T[] => [...current, ...update];

/** Merge rule: like {@link append}, without items that are there already. For strings and numbers: two objects are
 * never the same item. */
export const union = <T>(current: readonly T[], update: readonly T[]): T[] => [...new Set([...current, ...update])];

/** Merge rule: adds numbers up. */
export const sum = (current: number, update: number): number => current + update;

/** Merge rule: the written object's properties over those that are there. */
export const assign = <T extends object>(current: T, update: Partial<T>): T => ({ ...current, ...update });
