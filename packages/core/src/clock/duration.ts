import { describeValue, EspalierError } from '../errors/espalier-error.js';

/** A span of time: milliseconds, or a number with a unit, such as `'200ms'`, `'60s'`, `'5m'`, `'2h'`, `'3 days'`. */
export type Duration = number | DurationText;
type Unit =
  | 'ms'
  | 's'
  | 'm'
  | 'min'
  | 'h'
  | 'd'
  | 'second'
  | 'seconds'
  | 'minute'
  | 'minutes'
  | 'hour'
  | 'hours'
  | 'day'
  | 'days';
export type DurationText = `${number}${Unit}` | `${number} ${Unit}`;

const units: Readonly<Record<Unit, number>> = {
  ms: 1,
  s: 1e3,
  second: 1e3,
  seconds: 1e3,
  m: 6e4,
  min: 6e4,
  minute: 6e4,
  minutes: 6e4,
  h: 36e5,
  hour: 36e5,
  hours: 36e5,
  d: 864e5,
  day: 864e5,
  days: 864e5,
};

/**
 * A duration in milliseconds.
 * @param name what the value is, for the message: `@Timeout`
 * @throws policy-invalid when the text has no known unit, or the number is negative or not finite
 */
export function milliseconds(duration: Duration, name: string): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration;
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(duration.replaceAll('_', '')) : null;
  const unit = match?.[2];
  if (unit !== undefined && Object.hasOwn(units, unit)) {
    const time = Number(match?.[1]) * units[unit as Unit];
    if (Number.isFinite(time)) return time;
  }
  throw new EspalierError(
    'policy-invalid',
    `${name}: expected a duration such as 1500, '200ms', '60s', '5m', '2h' or '3 days', got ${describeValue(duration)}.`,
  );
}
