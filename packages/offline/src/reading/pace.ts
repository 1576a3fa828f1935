/** Characters of work between two looks at the event loop: a few milliseconds. */
const stride = 262_144;

/** Lets long work be aborted: gives way to the event loop now and then, and throws the signal's reason once it is aborted. */
export class Pace {
  private done = 0;

  constructor(private readonly signal: AbortSignal) {}

  /** Counts work. Short requests never give way, so that they need no timers. */
  async spend(characters: number): Promise<void> {
    this.done += characters;
    if (this.done >= stride) {
      this.done = 0;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.signal.throwIfAborted();
  }
}
