import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChatModel, ChatRequest } from '@espalier/core';
import { recordedRequest } from './exchange.js';
import { type CassetteMode, resolveMode } from './mode.js';
import { keyOf, miss, Player } from './player.js';
import { Recorder } from './recorder.js';
import { type RedactOptions, Redactor } from './redactor.js';

export interface CassetteOptions extends RedactOptions {
  /**
   * The environment variable `ESPALIER_CASSETTES` counts before this. Where `CI` is set, cassettes only replay.
   * @default 'auto': replays where there is a file, records where there is none
   */
  readonly mode?: CassetteMode;
  /**
   * What of a request is compared: leave out or replace what differs from run to run, such as dates. Must be pure.
   * @default all of it
   */
  readonly match?: (request: ChatRequest) => unknown;
}

/** A model whose exchanges come from a file, or go into one. */
export interface Cassette extends ChatModel {
  readonly mode: 'record' | 'replay';
  /** Says whether all that was recorded has been asked for. While recording, it is. @throws cassette-unused */
  assertDone(): void;
  /** For `using`: {@link assertDone} at the end of the block. */
  [Symbol.dispose](): void;
}

/**
 * Any model, with a recording in front of it: real answers once, the same answers in every test after that.
 *
 * Replays are strict: a request that is not in the file is an error that shows the nearest one that is. Requests are
 * compared by content, so that parallel calls may come in any order. Keys, tokens and passwords never reach the file.
 *
 * @param model the model, or how to make it: then it is made only to record, and replays need no key
 * @param path from the working directory, or a URL: `new URL('./tides.json', import.meta.url)`
 * @example
 * const model = cassette(() => openai('gpt-5.5'), 'test/cassettes/tides.json');
 * @throws cassette-miss, cassette-invalid, when it is asked; option-invalid
 * @since 0.1.0
 */
export function cassette(
  model: ChatModel | (() => ChatModel),
  path: string | URL,
  options: CassetteOptions = {},
): Cassette {
  const file = typeof path === 'string' ? resolve(path) : fileURLToPath(path);
  const shown = relative(process.cwd(), file);
  const redactor = new Redactor(options, process.env);
  const mode = resolveMode(options.mode, process.env, () => existsSync(file));
  const match = options.match ?? ((request) => request);
  // Both sides are redacted before and after: `match` sees what the file has, and may give what it has not.
  const key = (request: ChatRequest): string => keyOf(redactor.data(match(recordedRequest(request, redactor))));

  const given = typeof model === 'function' ? undefined : model;
  const made = mode === 'record' ? (given ?? (model as () => ChatModel)()) : given;
  const recorder = mode === 'record' ? new Recorder(made as ChatModel, file, redactor) : undefined;
  let opened: Player | undefined;
  const player = (): Player => {
    opened ??= new Player(file, shown, key);
    const { model: recorded } = opened.file;
    if (made !== undefined && made.name !== recorded) {
      throw miss(`Cassette '${shown}' was recorded with model '${recorded}', and '${made.name}' is asked.`);
    }
    return opened;
  };

  return {
    mode,
    get name() {
      return made?.name ?? player().file.model;
    },
    ...(made?.checkSchema === undefined ? {} : { checkSchema: made.checkSchema.bind(made) }),
    async generate(request, chat) {
      chat.signal.throwIfAborted();
      return recorder === undefined ? player().generate(request) : recorder.generate(request, chat);
    },
    async *stream(request, chat) {
      chat.signal.throwIfAborted();
      for await (const chunk of recorder === undefined ? player().stream(request) : recorder.stream(request, chat)) {
        yield chunk;
        chat.signal.throwIfAborted();
      }
    },
    assertDone: () => (recorder === undefined ? player().assertDone() : undefined),
    [Symbol.dispose]() {
      this.assertDone();
    },
  };
}
