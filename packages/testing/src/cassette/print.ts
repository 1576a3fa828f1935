/**
 * JSON for people and for version control: keys in a fixed order, small things on one line, and texts of several lines
 * as `{ "$lines": […] }`, so that a change of one line is a change of one line.
 */
const WIDTH = 110;

/** Keys that come first, in this order; others follow by name. */
const order = [
  'espalier',
  'version',
  'type',
  'role',
  'id',
  'callId',
  'tool',
  'name',
  'description',
  'model',
  'request',
  'messages',
  'content',
  'text',
  'message',
];

const rank = (key: string): number => {
  const place = order.indexOf(key);
  return place === -1 ? order.length : place;
};

const byOrder = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);

/** Texts from this length on are written line by line. */
const SHORT = 40;

export function print(value: unknown): string {
  return `${write(encode(value), '')}\n`;
}

/** What {@link print} wrote. */
export const parse = (text: string): unknown => decode(JSON.parse(text) as unknown);

function encode(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length >= SHORT && value.includes('\n') ? { $lines: value.split('\n') } : value;
  }
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => byOrder(a, b))
      // Data that looks like ours is marked.
      .map(([key, one]) => [/^\$+lines$/.test(key) ? `$${key}` : key, encode(one)]),
  );
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const { $lines: lines } = value as { readonly $lines?: unknown };
  if (Array.isArray(lines)) return lines.join('\n');
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [/^\$\$+lines$/.test(key) ? key.slice(1) : key, decode(one)]),
  );
}

/** @param joined whether small things may stand on one line */
function write(value: unknown, indent: string, joined = true): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const deeper = `${indent}  `;
  const flat = Object.values(value).every((one) => typeof one !== 'object' || one === null);
  const named = (key: string, one: unknown): string =>
    Array.isArray(value) ? write(one, deeper) : `${JSON.stringify(key)}: ${write(one, deeper, key !== '$lines')}`;
  const parts = Object.entries(value).map(([key, one]) => named(key, one));
  if (parts.length === 0) return `${open}${close}`;
  const padding = Array.isArray(value) ? '' : ' ';
  const line = `${open}${padding}${parts.join(', ')}${padding}${close}`;
  if (flat && joined && indent.length + line.length <= WIDTH) return line;
  return `${open}\n${parts.map((part) => `${deeper}${part}`).join(',\n')}\n${indent}${close}`;
}
