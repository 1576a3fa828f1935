import type { AgentClass } from '../metadata/agent-class.js';

/** Whether a value can be an agent class: arrow functions, as in `forwardRef(() => Writer)` elsewhere, cannot. */
export const isClass = (value: unknown): value is AgentClass =>
  typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;

/** What to do where {@link isClass} says no. */
export const hintForNoClass =
  'Pass the class itself. If it is imported, two files may import each other: move one of the classes.';
