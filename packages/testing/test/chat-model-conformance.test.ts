import { describe, expect, it } from '@jest/globals';
import {
  chatModelConformance,
  type ProviderServer,
  type ScriptedConformanceOptions,
  startProviderServer,
} from '../src/index.js';
import { type Mistake, referenceModel } from './reference-model.js';

const apiKey = 'sk-of-the-reference-model';

const optionsOf = (mistake?: Mistake): ScriptedConformanceOptions<ProviderServer> => ({
  name: 'reference',
  provider: () => startProviderServer({ api: 'openai-chat', apiKey }),
  create: ({ baseURL }) => referenceModel({ baseURL, apiKey, mistake }),
  secrets: [apiKey],
  patience: 400,
});

chatModelConformance({ ...optionsOf(), patience: 4000 });

/** What the suite registers, not run. */
function registered(options: ScriptedConformanceOptions<ProviderServer>) {
  const tests = new Map<string, () => Promise<void>>();
  const skipped: string[] = [];
  const add = (name: string, body: () => Promise<void>): unknown => tests.set(name, body);
  const skip = (name: string): unknown => skipped.push(name);
  chatModelConformance({ ...options, describe: (_name, body) => body(), it: Object.assign(add, { skip }) });
  return { tests, skipped };
}

describe('the suite finds a model that', () => {
  it.each<[Mistake, string]>([
    ['asks again by itself', 'HTTP 500 is model-overloaded (generate)'],
    ['believes that a stream that ends is whole', 'a stream that lacks only its last event is no answer'],
    ['calls every ending a stop', "tells that an answer ended with 'length' (stream)"],
    ['changes the request', 'changes nothing of a request (generate)'],
    [
      'counts cached tokens apart',
      'counts tokens: cached ones are part of the input, reasoning is part of the output (generate)',
    ],
    ['ends an aborted stream', 'hangs up when it is aborted in the middle of the stream'],
    ['forgets its reasoning', 'gives reasoning back with the results of the calls that it led to (generate)'],
    ['forgets retry-after', 'a rate limit says how long to wait (generate)'],
    ['gives one id to all calls', 'gives several calls of one turn, and takes their results (generate)'],
    ['gives the stream at its end', 'gives a delta before the next one is there'],
    ['gives undefined', 'gives the text of the answer, and what it ended with (generate)'],
    ['has no idempotency key', 'sends the idempotency key in a header (generate)'],
    ['ignores the choice of tools', 'tells the provider the choice of tools'],
    ['ignores the signal', 'hangs up when it is aborted before the answer (generate)'],
    ['keeps state between calls', 'keeps concurrent calls apart (generate)'],
    ['leaves nulls', 'gives back an argument that may be left out as it was meant (stream)'],
    ['leaves nulls', 'gives back a field that may be left out as it was meant (generate)'],
    ['leaves the system message out', 'sends messages of all roles, in order (generate)'],
    ['loses a delta', 'streams the response that generate gives'],
    ['loses the second call', 'gives several calls of one turn, and takes their results (stream)'],
    ['makes up the request anew each time', 'makes the same request of the same request (generate)'],
    ['never hangs up', 'hangs up when it is aborted in the middle of the stream'],
    ['never lets go of the signal', 'leaves no listener on the signal (generate)'],
    ['sends what belongs to others', "leaves out another provider's reasoning and its data"],
    ['shows its key in errors', 'garbage is model-response-malformed (generate)'],
    ['takes garbage for an empty answer', 'garbage is model-response-malformed (stream)'],
    ['throws errors of its own', 'HTTP 429 is model-rate-limited (stream)'],
  ])('%s: "%s"', async (mistake, test) => {
    const { tests } = registered(optionsOf(mistake));
    const right = registered(optionsOf()).tests.get(test);

    await expect(tests.get(test)?.()).rejects.toThrow();
    await expect(right?.()).resolves.toBeUndefined();
  });
});

describe('chatModelConformance', () => {
  it('shows skipped tests, with the reason', () => {
    const skip = [
      { tests: /^sends (images|documents)/, reason: 'the model cannot see' },
      { tests: ['HTTP 413 is model-context-length'], reason: 'no such status' },
    ];
    const { tests, skipped } = registered({ ...optionsOf(), skip });

    expect(skipped).toEqual([
      'sends images by data and by URL (the model cannot see)',
      'sends documents (the model cannot see)',
      'HTTP 413 is model-context-length (generate) (no such status)',
      'HTTP 413 is model-context-length (stream) (no such status)',
    ]);
    expect(tests.size + skipped.length).toBe(registered(optionsOf()).tests.size);
  });

  it('refuses to skip what it does not test', () => {
    const skip = [{ tests: ['sends documents', 'sends videos'], reason: 'the model cannot see' }];

    expect(() => registered({ ...optionsOf(), skip })).toThrow(
      'chatModelConformance(): reference: skip: no test is named sends videos.',
    );
  });

  it('wants a test runner', () => {
    const { describe: none, ...rest } = globalThis as unknown as Record<string, unknown>;
    expect(rest).toBeDefined();
    const globals = globalThis as { describe?: unknown };
    globals.describe = undefined;
    try {
      expect(() => chatModelConformance(optionsOf())).toThrow(
        'chatModelConformance(): describe, it: expected functions',
      );
    } finally {
      globals.describe = none;
    }
  });

  it('gives every test its own name', () => {
    const names: string[] = [];
    const add = (name: string): unknown => names.push(name);
    chatModelConformance({ ...optionsOf(), describe: (_name, body) => body(), it: Object.assign(add, { skip: add }) });

    expect(new Set(names).size).toBe(names.length);
  });
});
