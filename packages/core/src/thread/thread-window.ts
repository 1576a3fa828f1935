import { estimateTokens } from '../model/estimate-tokens.js';
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
export function windowOf(entries: readonly ThreadEntry[], tokens: number): WindowedThread {
  const whole = windowAfter(undefined, entries, tokens);
  if (whole.left.length === 0) return whole;
  const summary = entries.findLast((entry): entry is ThreadSummary => entry.kind === 'summary');
  return summary === undefined ? whole : windowAfter(summary, entries, tokens);
}

function windowAfter(
  summary: ThreadSummary | undefined,
  entries: readonly ThreadEntry[],
  tokens: number,
): WindowedThread {
  const from = summary?.covers ?? 0;
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
  return { summary, left, turns: entries.slice(first).filter(isTurn), covered: first };
}

const isTurn = (entry: ThreadEntry): entry is ThreadTurn => entry.kind === 'turn';
