import { BadInput } from '../documents/bad-input.js';

const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** `500KB`, `2MB` or a number of bytes. */
export function parseSize(flag: string, value: string, most: string): number {
  const bytes = bytesIn(value);
  if (bytes !== undefined && bytes >= 1 && bytes <= (bytesIn(most) as number)) return Math.floor(bytes);
  throw new BadInput(
    `${flag}: expected a size such as 500KB or 2MB, up to ${most}, got "${value}".`,
    'Correct the value.',
  );
}

function bytesIn(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?b?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toLowerCase();
  const factor = units[unit] ?? units[`${unit}b`];
  return factor === undefined ? undefined : Number(match[1]) * factor;
}
