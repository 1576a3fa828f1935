import { describeValue, EspalierError } from '../errors/espalier-error.js';

/** How an agent takes part in the thread of a run. */
export interface ThreadOptions {
  /**
   * How many tokens of the thread go into a request, estimated at four characters each. Whole turns go, the newest ones.
   * @default 16000 @minimum 1
   */
  readonly window?: number;
  /**
   * What becomes of the turns that do not fit. `true`, or who writes it and how: the older half is summarised by a model
   * call, and the summary is kept with the thread.
   * @default they are left out
   */
  readonly summarise?: boolean | SummaryOptions;
}

export interface SummaryOptions {
  /** Name of a registered model. @default the agent's */
  readonly model?: string;
  /** The system message of the call that summarises. @default {@link summaryInstructions} */
  readonly instructions?: string;
}

/** What the model is told that summarises a thread, unless the agent says otherwise. */
export const summaryInstructions =
  'Summarise the conversation for whoever goes on with it. Keep names, numbers, decisions, promises and open questions. Leave out greetings and what was corrected later. Write plain sentences.';

const DEFAULT_WINDOW = 16_000;

/** Thread options with nothing left open. */
export interface ThreadSettings {
  readonly window: number;
  readonly summarise: SummarySettings | undefined;
}

export interface SummarySettings {
  readonly model: string | undefined;
  readonly instructions: string;
}

export function threadSettings(options: true | ThreadOptions): ThreadSettings {
  const { window = DEFAULT_WINDOW, summarise } = options === true ? ({} as ThreadOptions) : options;
  if (summarise === undefined || summarise === false) return { window, summarise: undefined };
  const { model, instructions = summaryInstructions } = summarise === true ? ({} as SummaryOptions) : summarise;
  return { window, summarise: { model, instructions } };
}

/** What is wrong with the window, if anything is. */
export function windowFault({ window = DEFAULT_WINDOW }: ThreadOptions): string | undefined {
  if (Number.isInteger(window) && window >= 1) return undefined;
  return `\`thread.window\`: expected a whole number of tokens from 1, got ${describeValue(window)}.`;
}

/** @throws option-invalid unless it is the id of a thread, or left out */
export function checkedThread(threadId: unknown): string | undefined {
  if (threadId === undefined) return undefined;
  // Lines are what tells the ids of threads from whose they are: see `scopeText`.
  if (typeof threadId === 'string' && threadId !== '' && !threadId.includes('\n')) return threadId;
  const expected = `expected text of one line, got ${describeValue(threadId)}`;
  throw new EspalierError('option-invalid', `start({ threadId }): ${expected}.`);
}
