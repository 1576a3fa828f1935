/** What a model gave as `{ value: … }`, also where it forgot that. */
export function unwrapValue(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const keys = Object.keys(given);
  return keys.length === 1 && keys[0] === 'value' ? (given as { value: unknown }).value : given;
}
