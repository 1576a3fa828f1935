/** Where a value is, as people write it in code: `$.items[2].title`, `$["a b"]`. */
export const jsonPath = (keys: readonly PropertyKey[]): string => keys.reduce<string>(below, '$');

/** The path of a part of what a path leads to. */
export function below(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
