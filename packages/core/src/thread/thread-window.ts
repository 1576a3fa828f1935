import { estimateTokens } from '../model/estimate-tokens.js';
import type { ThreadTail } from './thread-session.js';
import type { ThreadEntry, ThreadSummary, ThreadTurn } from './thread-store.js';

/** The part of a thread that is sent, and the part that is not. */
export interface WindowedThread {
  /** The newest summary, of what came before the turns. */
  readonly summary: ThreadSummary | undefined;
  /** Turns that the summary does not cover and that do not fit, oldest first. */
  readonly left: readonly ThreadTurn[];
  readonly turns: readonly ThreadTurn[];
  /** How many entries the summary and `left` make up together: what a new summary would cover. */
  readonly covered: number;
}

/**
 * The newest whole turns within so many tokens: all of them where they fit, else those after the newest summary. The
 * newest turn always is among them.
 */
export function windowOf(tail: ThreadTail, tokens: number): WindowedThread {
  const whole = windowAfter(undefined, tail, tokens);
  if (whole.left.length === 0 && tail.from === 0) return whole;
  const summary = tail.entries.findLast((entry): entry is ThreadSummary => entry.kind === 'summary');
  return summary === undefined ? whole : windowAfter(summary, tail, tokens);
}

/**
 * Whether older entries would change nothing: the window is full, and either what comes before it is summarised up to
 * these, or there is more of it than anybody reads.
 * @param most how many tokens are read for a summary at the most
 */
export function isWindowFull(tail: ThreadTail, tokens: number, most: number): boolean {
  let sum = 0;
  let summarised = false;
  for (const entry of tail.entries) {
    if (entry.kind === 'turn') sum += estimateTokens(entry.messages);
    else if (entry.covers >= tail.from) summarised = true;
  }
  return sum > tokens + most || (sum > tokens && summarised);
}

function windowAfter(summary: ThreadSummary | undefined, tail: ThreadTail, tokens: number): WindowedThread {
  const { entries } = tail;
  const from = Math.max(0, (summary?.covers ?? 0) - tail.from);
  let room = tokens - (summary === undefined ? 0 : estimateTokens(summary.text));
  let first = entries.length;
  for (let index = entries.length - 1; index >= from; index--) {
    const entry = entries[index] as ThreadEntry;
    if (entry.kind === 'summary') continue;
    room -= estimateTokens(entry.messages);
    if (room < 0 && first < entries.length) break;
    first = index;
  }
  const left = entries.slice(from, first).filter(isTurn);
  return { summary, left, turns: entries.slice(first).filter(isTurn), covered: tail.from + first };
}

const isTurn = (entry: ThreadEntry): entry is ThreadTurn => entry.kind === 'turn';
