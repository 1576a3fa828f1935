import { type Duration, milliseconds } from '../clock/duration.js';
import { describeValue } from '../errors/espalier-error.js';
import { checkOptions, invalidPolicy, positiveNumber } from './check.js';

/**
 * How jitter spreads a delay, so that clients that failed together do not come back together: `full` takes any delay
 * up to the computed one, `equal` at least half of it.
 * @see Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export type Jitter = 'none' | 'full' | 'equal';

/** How long to wait before another attempt. */
export interface Backoff {
  /** Plain data that says the same, for plans and fingerprints. */
  readonly options: {
    readonly kind: string;
    readonly base: number;
    readonly max: number;
    readonly factor: number;
    readonly jitter: Jitter;
  };
  /**
   * @param failed number of the attempt that failed, from 1
   * @param random a number in [0, 1)
   * @returns milliseconds
   */
  delay(failed: number, random: number): number;
}

export interface BackoffOptions {
  /** The longest delay. @default none */
  readonly max?: Duration;
  /** What each delay is multiplied by to give the next; for `exponential`. @default 2 @minimum above 0 */
  readonly factor?: number;
  /** @default 'full' for `exponential`, else 'none' */
  readonly jitter?: Jitter;
}

/**
 * Delays that grow by a factor: base, base × 2, base × 4, …
 * @example \@Retry({ attempts: 5, backoff: exponential('200ms', { max: '5s' }) })
 */
export function exponential(base: Duration, options: BackoffOptions = {}): Backoff {
  checkOptions(options, 'exponential', ['max', 'factor', 'jitter']);
  const factor = positiveNumber(options.factor ?? 2, 'exponential({ factor })');
  return make(
    'exponential',
    base,
    { ...options, jitter: options.jitter ?? 'full' },
    factor,
    // A power can be Infinity, and 0 times that is no number.
    (first, failed) => (first === 0 ? 0 : first * factor ** (failed - 1)),
  );
}

/** Delays that grow by the same step: base, base × 2, base × 3, … */
export function linear(base: Duration, options: Omit<BackoffOptions, 'factor'> = {}): Backoff {
  checkOptions(options, 'linear', ['max', 'jitter']);
  return make('linear', base, options, 1, (first, failed) => first * failed);
}

/** The same delay each time. */
export function fixed(delay: Duration, options: Omit<BackoffOptions, 'factor' | 'max'> = {}): Backoff {
  checkOptions(options, 'fixed', ['jitter']);
  return make('fixed', delay, options, 1, (first) => first);
}

function make(
  kind: string,
  base: Duration,
  options: BackoffOptions,
  factor: number,
  grow: (base: number, failed: number) => number,
): Backoff {
  const first = milliseconds(base, kind);
  const max = options.max === undefined ? Number.MAX_SAFE_INTEGER : milliseconds(options.max, `${kind}({ max })`);
  const jitter = options.jitter ?? 'none';
  if (!jitters.includes(jitter)) {
    throw invalidPolicy(`${kind}({ jitter }): expected 'none', 'full' or 'equal', got ${describeValue(jitter)}.`);
  }
  return Object.freeze({
    options: Object.freeze({ kind, base: first, max, factor, jitter }),
    delay(failed: number, random: number): number {
      const whole = Math.min(max, grow(first, failed));
      if (jitter === 'none') return whole;
      return Math.round(jitter === 'full' ? whole * random : whole / 2 + (whole / 2) * random);
    },
  });
}

const jitters: readonly Jitter[] = ['none', 'full', 'equal'];
