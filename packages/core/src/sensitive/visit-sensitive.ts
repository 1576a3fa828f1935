import { isWhole, ofItem, ofProperty, resolved, type SensitiveShape, type Shapes } from './sensitive-shape.js';

/** Told of each sensitive part of a value. @param keys where it is; only good until the call returns */
type Visit = (value: unknown, keys: readonly (string | number)[]) => void;

/** Finds the sensitive parts of a value by its shape. */
export function visitSensitive(value: unknown, shape: SensitiveShape, visit: Visit): void {
  const keys: (string | number)[] = [];
  const look = (part: unknown, shapes: Shapes): void => {
    if (shapes.size === 0 || part === undefined) return;
    if (isWhole(shapes)) {
      visit(part, keys);
      return;
    }
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) below(part[index], index, ofItem(shapes, index));
    } else {
      for (const [key, field] of Object.entries(part)) below(field, key, ofProperty(shapes, key));
    }
  };
  const below = (part: unknown, key: string | number, shapes: Shapes): void => {
    keys.push(key);
    look(part, shapes);
    keys.pop();
  };
  look(value, resolved([shape]));
}

/** Every string and number of a value. */
export function visitLeaves(value: unknown, visit: (leaf: string | number) => void): void {
  if (typeof value === 'string' || typeof value === 'number') visit(value);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) visitLeaves(part, visit);
}
