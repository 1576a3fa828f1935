/** Cancels what {@link Clock.setTimer} started. Calling it late or twice does nothing. */
export type CancelTimer = () => void;

/** The only source of time. Everything in core that waits or reads the time asks it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `callback` once, `delay` milliseconds from now.
   * @param delay in milliseconds; any finite number ≥ 0, also above the 2³¹ limit of native timers
   * @param background nothing waits for this timer: it should not keep the process alive
   */
  setTimer(delay: number, callback: () => void, background?: boolean): CancelTimer;
}
