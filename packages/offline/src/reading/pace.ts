/** Characters of work between two looks at the event loop: some ten milliseconds. */
const stride = 32_768;
/** What a request costs besides its characters. */
const perRequest = 2_048;

/** Work since the event loop had its turn, of all requests: many short ones in a row must not starve it either. */
let done = 0;

/** Lets work be aborted: gives way to the event loop now and then, and throws the signal's reason once it is aborted. */
export class Pace {
  constructor(private readonly signal: AbortSignal) {
    done += perRequest;
  }

  /** Counts work. A short request by itself never gives way, so that it needs no timers. */
  async spend(characters: number): Promise<void> {
    done += characters;
    if (done >= stride) {
      done = 0;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.signal.throwIfAborted();
  }
}
