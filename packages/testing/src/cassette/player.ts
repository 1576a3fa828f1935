import { existsSync } from 'node:fs';
import { type ChatChunk, type ChatRequest, type ChatResponse, deserializeError, EspalierError } from '@espalier/core';
import { diffLines } from '../text/diff-lines.js';
import { type CassetteFile, readCassette } from './cassette-file.js';
import { chunksOf, type Exchange } from './exchange.js';
import { inContinuousIntegration, MODE_VARIABLE } from './mode.js';
import { print } from './print.js';

interface Recorded {
  readonly exchange: Exchange;
  /** What a request is compared by. */
  readonly key: string;
  used: boolean;
}

/**
 * Replays a cassette. A request gets the first exchange with an equal request that was not replayed yet: by content, so
 * that parallel calls may come in any order, and each as often as it was recorded.
 */
export class Player {
  readonly file: CassetteFile;
  readonly #path: string;
  readonly #keyOf: (request: ChatRequest) => string;
  readonly #recorded: readonly Recorded[];
  #asked = 0;

  /**
   * @param shown the path, for messages
   * @param keyOf what requests are compared by, in lines that can be shown
   */
  constructor(path: string, shown: string, keyOf: (request: ChatRequest) => string) {
    if (!existsSync(path)) throw miss(`There is no cassette '${shown}'.`);
    this.file = readCassette(path);
    this.#path = shown;
    this.#keyOf = keyOf;
    this.#recorded = this.file.exchanges.map((exchange) => ({ exchange, key: keyOf(exchange.request), used: false }));
  }

  generate(request: ChatRequest): ChatResponse {
    return outcomeOf(this.#take(request), this.#path);
  }

  *stream(request: ChatRequest): Generator<ChatChunk> {
    const exchange = this.#take(request);
    yield* chunksOf(exchange);
    yield { type: 'response', response: outcomeOf(exchange, this.#path) };
  }

  /** @throws cassette-unused */
  assertDone(): void {
    const unused = this.#recorded.flatMap(({ used, exchange }, index) => (used ? [] : [describe(exchange, index)]));
    if (unused.length === 0) return;
    const count = unused.length === 1 ? '1 exchange' : `${unused.length} exchanges`;
    throw new EspalierError(
      'cassette-unused',
      [`Nobody asked for ${count} of cassette '${this.#path}':`, ...unused.map((one) => `  - ${one}`)].join('\n'),
    );
  }

  #take(request: ChatRequest): Exchange {
    this.#asked += 1;
    const key = this.#keyOf(request);
    const equal = this.#recorded.filter((one) => one.key === key);
    const found = equal.find(({ used }) => !used);
    if (found === undefined) throw equal.length > 0 ? this.#repeated(equal.length) : this.#unknown(key);
    found.used = true;
    return found.exchange;
  }

  #repeated(times: number): EspalierError {
    const often = times === 1 ? 'once' : `${times} times`;
    return miss(
      `Request ${this.#asked} is in cassette '${this.#path}', but only ${often}, and it was asked for once more.`,
    );
  }

  #unknown(key: string): EspalierError {
    const request = `Request ${this.#asked} is not in cassette '${this.#path}'`;
    const nearest = nearestTo(key, this.#recorded);
    if (nearest === undefined) return miss(`${request}, which is empty.`);
    const { used, key: recorded } = this.#recorded[nearest] as Recorded;
    return miss(
      [
        `${request}. The nearest is that of exchange ${nearest + 1}${used ? ', which is already replayed' : ''}:`,
        '- recorded',
        '+ asked',
        diffLines(recorded, key),
      ].join('\n'),
    );
  }
}

function outcomeOf({ response, error }: Exchange, path: string): ChatResponse {
  if (error !== undefined) throw deserializeError(error);
  if (response === undefined) throw miss(`Cassette '${path}' ends here: its reader had stopped the stream.`);
  return structuredClone(response);
}

function describe({ request }: Exchange, index: number): string {
  const last = request.messages.at(-1);
  const text = JSON.stringify(last?.content ?? '');
  return `exchange ${index + 1}: ${last?.role ?? 'nobody'}: ${text.length > 100 ? `${text.slice(0, 100)}…` : text}`;
}

/** The recorded request that has the most lines in common; of equals, one that is not replayed yet. */
function nearestTo(key: string, recorded: readonly Recorded[]): number | undefined {
  const asked = countLines(key);
  let nearest: number | undefined;
  let best = -1;
  recorded.forEach((one, index) => {
    let common = 0;
    let all = 0;
    for (const [line, count] of countLines(one.key)) {
      common += Math.min(count, asked.get(line) ?? 0);
      all += count;
    }
    const score = (2 * common) / (all + key.split('\n').length) + (one.used ? 0 : 1e-6);
    if (score > best) [nearest, best] = [index, score];
  });
  return nearest;
}

function countLines(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** A miss, with the way to record anew. */
export function miss(message: string): EspalierError {
  const hint = inContinuousIntegration(process.env)
    ? `Continuous integration only replays. Run the test on your machine with ${MODE_VARIABLE}=record, and commit the file.`
    : `To record anew, run the test with ${MODE_VARIABLE}=record, and look at the changes of the file.`;
  return new EspalierError('cassette-miss', `${message}\n${hint}`, { hint });
}

export const keyOf = (request: unknown): string => print(request).trimEnd();
