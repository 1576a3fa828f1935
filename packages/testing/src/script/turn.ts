import { types } from 'node:util';
import { type ChatOptions, type ChatRequest, EspalierError } from '@espalier/core';
import { isFault, type ModelFault } from '../faults/fault.js';
import type { ScriptedAnswer } from './answer.js';
import { checkMatcher, checkTurn } from './check-script.js';
import { mismatches, type RequestMatcher, writtenMatcher } from './request-matcher.js';
import { shortened } from './text-matcher.js';

type Answer = string | ScriptedAnswer | ModelFault;

/** What a scripted model does in one turn: answers, throws, goes wrong, or looks at the request first. */
export type ScriptedTurn = Answer | Error | ((request: ChatRequest, options: ChatOptions) => Answer | Promise<Answer>);

/** A turn for any number of requests, at least one; made by {@link always}. */
export interface EndlessTurn {
  readonly kind: 'always';
  readonly turn: ScriptedTurn;
}

/** Turns for the requests that a matcher means; made by {@link when}. */
export interface MatchedTurns {
  readonly kind: 'when';
  readonly matcher: RequestMatcher;
  readonly turns: readonly (ScriptedTurn | EndlessTurn)[];
}

/** What a script consists of. */
export type ScriptEntry = ScriptedTurn | EndlessTurn | MatchedTurns;

/**
 * Turns for the requests that match, in order. Requests of other agents have other turns, so that the order in which
 * parallel agents ask does not matter.
 *
 * @param matcher a text or pattern in the instructions or the newest user message, parts of the request, or a function
 * @example
 * scriptedModel(
 *   when('You are a researcher', { calls: [{ tool: 'search', arguments: { query: 'tides' } }] }, 'Three hits.'),
 *   when({ instructions: /writer/, user: 'tides' }, 'The report.'),
 * )
 * @since 0.1.0
 */
export function when(matcher: RequestMatcher, ...turns: readonly (ScriptedTurn | EndlessTurn)[]): MatchedTurns {
  checkMatcher(matcher);
  if (turns.length === 0) {
    throw new EspalierError('option-invalid', `when(${writtenMatcher(matcher)}): expected at least one turn.`, {
      hint: "Write when(matcher, 'the answer').",
    });
  }
  return { kind: 'when', matcher, turns };
}

/**
 * A turn that is never used up: it answers every further request of its script or `when`.
 * @example scriptedModel(when({ instructions: 'You grade.' }, always({ data: { score: 9 } })))
 * @since 0.1.0
 */
export const always = (turn: ScriptedTurn): EndlessTurn => ({ kind: 'always', turn });

export const isKind = <K extends 'when' | 'always'>(
  kind: K,
  entry: ScriptEntry,
): entry is K extends 'when' ? MatchedTurns : EndlessTurn =>
  typeof entry === 'object' && (entry as { readonly kind?: unknown } | null)?.kind === kind;

/** Turns that are taken in order by the requests of one matcher, or by all that no matcher wants. */
export class Lane {
  readonly #matcher: RequestMatcher | undefined;
  readonly #turns: readonly (ScriptedTurn | EndlessTurn)[];
  #next = 0;
  /** Whether the endless turn at the end has been used. */
  #endless = false;

  constructor(turns: readonly (ScriptedTurn | EndlessTurn)[], matcher?: RequestMatcher) {
    this.#turns = turns;
    this.#matcher = matcher;
    const place = matcher === undefined ? 'scriptedModel()' : this.name;
    turns.forEach((turn, index) => {
      checkTurn(isKind('always', turn) ? turn.turn : turn, `${place}: turn ${index + 1}`);
    });
    const early = turns.findIndex((turn, index) => isKind('always', turn) && index < turns.length - 1);
    if (early !== -1) {
      throw new EspalierError('option-invalid', `${this.name}: turns stand after always(…), which is never used up.`, {
        hint: 'Let always(…) be the last turn.',
      });
    }
  }

  get name(): string {
    return this.#matcher === undefined ? 'in order' : `when ${writtenMatcher(this.#matcher)}`;
  }

  /** Why it has nothing for a request; nothing where it has. */
  refusal(request: ChatRequest): string | undefined {
    const refused = this.#matcher === undefined ? [] : mismatches(this.#matcher, request);
    if (refused.length > 0) return refused.join('; ');
    if (this.#next < this.#turns.length) return undefined;
    const count = this.#turns.length;
    if (count < 2) return count === 0 ? 'there are no turns' : 'its turn is used';
    return `all ${count} turns are used`;
  }

  take(): ScriptedTurn {
    const turn = this.#turns[this.#next] as ScriptedTurn | EndlessTurn;
    if (isKind('always', turn)) {
      this.#endless = true;
      return turn.turn;
    }
    this.#next += 1;
    return turn;
  }

  /** Turns that nobody asked for, as people read them. */
  get unused(): readonly string[] {
    return this.#turns.flatMap((turn, index) => {
      const used = isKind('always', turn) ? this.#endless : index < this.#next;
      return used ? [] : [`${this.name}, turn ${index + 1}: ${writtenTurn(turn)}`];
    });
  }
}

/** A turn as people read it. */
function writtenTurn(turn: ScriptedTurn | EndlessTurn): string {
  if (typeof turn === 'string') return JSON.stringify(shortened(turn, 80));
  if (typeof turn === 'function') return turn.name === '' ? 'a function' : `${turn.name}()`;
  if (types.isNativeError(turn)) return `${turn.name}: ${shortened(turn.message, 80)}`;
  if (isKind('always', turn)) return `always(${writtenTurn(turn.turn)})`;
  return isFault(turn) ? turn.name : shortened(JSON.stringify(turn), 80);
}
