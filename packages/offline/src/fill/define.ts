import type { Json } from '@espalier/core';

/** Sets an own property, whatever its name: a schema may call one `__proto__`. */
export function define(value: Record<string, Json>, name: string, entry: Json): void {
  Object.defineProperty(value, name, { value: entry, enumerable: true, configurable: true, writable: true });
}
