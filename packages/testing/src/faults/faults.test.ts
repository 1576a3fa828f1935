import {
  Agent,
  type ChatChunk,
  type ChatModel,
  EspalierError,
  exponential,
  Retry,
  type RunContext,
  Timeout,
  userText,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { collect } from '../../test/collect.js';
import {
  connectionCut,
  contextTooLong,
  faults,
  garbage,
  halfAStream,
  httpError,
  type ModelFault,
  neverAnswers,
  overloaded,
  rateLimited,
  scriptedModel,
  serverError,
  slowTokens,
  testWorkflow,
  unauthorized,
} from '../index.js';

const request = { messages: [userText('Hi')] };
const options = { signal: new AbortController().signal, idempotencyKey: 'k' };
const errorOf = async (model: ChatModel): Promise<EspalierError> => {
  try {
    await model.generate(request, options);
  } catch (error) {
    if (EspalierError.is(error)) return error;
  }
  throw new Error('no error of ours');
};
const readAll = async (chunks: AsyncIterable<ChatChunk>): Promise<readonly string[]> => {
  const seen: string[] = [];
  try {
    for await (const chunk of chunks) seen.push(chunk.type === 'text-delta' ? chunk.text : chunk.type);
  } catch (error) {
    seen.push(`! ${(error as EspalierError).code}`);
  }
  return seen;
};

describe('faults of HTTP', () => {
  it.each<[string, ModelFault, string, boolean, string]>([
    ['rateLimited', rateLimited(), 'model-rate-limited', true, "Model 'test:scripted': Too many requests. (HTTP 429)"],
    ['overloaded', overloaded(), 'model-overloaded', true, "Model 'test:scripted': Overloaded. (HTTP 529)"],
    [
      'serverError',
      serverError(),
      'model-overloaded',
      true,
      "Model 'test:scripted': Internal server error. (HTTP 500)",
    ],
    ['unauthorized', unauthorized(), 'model-auth', false, "Model 'test:scripted': Invalid API key. (HTTP 401)"],
    [
      'contextTooLong',
      contextTooLong(),
      'model-context-length',
      false,
      "Model 'test:scripted': The prompt is longer than the context of the model. (HTTP 400)",
    ],
    [
      'httpError',
      httpError({ status: 418 }),
      'model-request-invalid',
      false,
      "Model 'test:scripted': The request failed. (HTTP 418)",
    ],
    [
      'httpError with words',
      httpError({ status: 503, message: 'Soon.', retryable: false }),
      'model-overloaded',
      false,
      "Model 'test:scripted': Soon. (HTTP 503)",
    ],
    [
      'garbage',
      garbage(),
      'model-response-malformed',
      true,
      'Model \'test:scripted\': The answer is no JSON: "<html><title>502 Bad Gateway</title>".',
    ],
    ['connectionCut', connectionCut(), 'model-connection', true, "Model 'test:scripted': The connection was cut."],
    [
      'halfAStream',
      halfAStream(),
      'model-connection',
      true,
      "Model 'test:scripted': The stream ended before the answer was whole.",
    ],
  ])('%s has the code of a real adapter', async (_name, fault, code, retryable, message) => {
    const error = await errorOf(scriptedModel(fault));
    expect([error.code, error.retryable, error.message]).toEqual([code, retryable, message]);
    const [last] = (await readAll(scriptedModel(fault).stream(request, options))).slice(-1);
    expect(last).toBe(`! ${code}`);
  });

  it('tells how long to wait', async () => {
    expect((await errorOf(scriptedModel(rateLimited({ retryAfter: '2s' })))).details).toEqual({
      status: 429,
      retryAfter: 2000,
    });
    expect((await errorOf(scriptedModel(overloaded({ retryAfter: 0 })))).details).toEqual({
      status: 529,
      retryAfter: 0,
    });
    expect(() => rateLimited({ retryAfter: 'soon' as never })).toThrow(
      'rateLimited(): retryAfter: expected a duration',
    );
  });
});

describe('faults of streams', () => {
  it('cut after so many deltas, or at the end of a shorter answer', async () => {
    const answer = 'One two three.';
    const cut = (after?: number) =>
      readAll(
        scriptedModel(connectionCut({ ...(after === undefined ? {} : { after }), answer })).stream(request, options),
      );
    expect(await cut()).toEqual(['! model-connection']);
    expect(await cut(2)).toEqual(['One', ' two', '! model-connection']);
    expect(await cut(9)).toEqual(['One', ' two', ' three.', '! model-connection']);
  });

  it('give half', async () => {
    const model = scriptedModel(halfAStream({ answer: { deltas: ['a', 'b', 'c', 'd'] } }));
    expect(await readAll(model.stream(request, options))).toEqual(['a', 'b', '! model-connection']);
  });

  it('take their time on the given clock, and stop when aborted', async () => {
    const clock = new VirtualClock(0);
    const model = scriptedModel(
      slowTokens({ every: '1s', answer: 'One two.' }),
      slowTokens({ every: '1s', answer: 'One two.' }),
    );
    model.useClock(clock);
    const stream = readAll(model.stream(request, options));
    await clock.runAll();
    expect([await stream, clock.now()]).toEqual([['One', ' two.', 'response'], 2000]);

    const abort = new AbortController();
    const call = model.generate(request, { ...options, signal: abort.signal });
    await clock.advance('1s');
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });

  it('can last until the call is aborted', async () => {
    const abort = new AbortController();
    const model = scriptedModel(neverAnswers(), neverAnswers(), 'not asked');
    const call = model.generate(request, { ...options, signal: abort.signal });
    const stream = collect(model.stream(request, { ...options, signal: abort.signal }));
    setImmediate(() => abort.abort(new Error('enough')));
    await expect(call).rejects.toThrow('enough');
    await expect(stream).rejects.toThrow('enough');
  });
});

describe('faults(model, …)', () => {
  it('goes wrong call by call, then no more', async () => {
    const model = faults(scriptedModel('a', 'b c', 'c', 'd'), [rateLimited(), undefined, connectionCut({ after: 1 })]);
    expect((await errorOf(model)).code).toBe('model-rate-limited');
    expect((await model.generate(request, options)).message.content).toEqual([{ type: 'text', text: 'a' }]);
    expect(await readAll(model.stream?.(request, options) as AsyncIterable<ChatChunk>)).toEqual([
      'b',
      '! model-connection',
    ]);
    expect((await model.generate(request, options)).message.content).toEqual([{ type: 'text', text: 'c' }]);
  });

  it('takes a function of the call', async () => {
    const model = faults(scriptedModel('a', 'b'), (call, { messages }) =>
      call === 2 && messages.length === 1 ? overloaded() : undefined,
    );
    await model.generate(request, options);
    expect((await errorOf(model)).code).toBe('model-overloaded');
    await model.generate(request, options);
  });

  it('is the model otherwise, and streams whole what the model cannot stream', async () => {
    const whole: ChatModel = {
      name: 'acme:large',
      checkSchema: () => [{ path: '$', message: 'no' }],
      generate: (given, chat) => scriptedModel('whole answer').generate(given, chat),
    };
    const model = faults(whole, []);
    expect([model.name, model.checkSchema?.({}, 'tool')]).toEqual(['acme:large', [{ path: '$', message: 'no' }]]);
    expect(await readAll(model.stream?.(request, options) as AsyncIterable<ChatChunk>)).toEqual(['response']);
    expect('checkSchema' in faults(scriptedModel('a'), [])).toBe(false);
  });

  it('refuses what is no fault', async () => {
    expect(() => faults(scriptedModel('a'), ['429' as never])).toThrow(
      'faults: entry 1: expected a fault or undefined, got string.',
    );
    const model = faults(scriptedModel('a'), () => 429 as never);
    await expect(model.generate(request, options)).rejects.toThrow(
      'faults: what the function gives for call 1: expected a fault',
    );
  });
});

@Agent({ instructions: 'You answer.' })
@Retry({ attempts: 6, backoff: exponential('1h', { jitter: 'none' }) })
@Timeout('10m')
class Patient {
  run(question: string, ctx: RunContext): Promise<string> {
    return ctx.generate(question);
  }
}

@Agent({ instructions: 'You answer.' })
@Timeout('3s')
class Streaming {
  async run(question: string, ctx: RunContext): Promise<string> {
    let text = '';
    for await (const piece of ctx.stream(question)) text += piece;
    return text;
  }
}

@Agent({ instructions: 'You answer.' })
@Retry({ attempts: 2, backoff: '1s' })
class Obedient {
  run(question: string, ctx: RunContext): Promise<string> {
    return ctx.generate(question);
  }
}

describe('faults in runs', () => {
  it('are waited for as long as the provider asks', async () => {
    const { run } = await testWorkflow(Obedient, { model: scriptedModel(rateLimited({ retryAfter: '1m' }), 'Now.') });
    expect(await run('?')).toMatchObject({ output: 'Now.', elapsed: 60_000 });
  });

  it('cost hours of virtual time', async () => {
    const model = scriptedModel(rateLimited(), overloaded(), connectionCut(), garbage(), neverAnswers(), 'At last.');
    const { run, clock } = await testWorkflow(Patient, { model });
    const { output, elapsed } = await run('?');
    expect(output).toBe('At last.');
    expect(elapsed / 60_000).toBe(60 * (1 + 2 + 4 + 8 + 16) + 10);
    expect(clock.pending).toBe(0);
    model.assertDone();
  });

  it('let slow tokens run into a timeout', async () => {
    const model = scriptedModel(slowTokens({ every: '1s', answer: 'One two three four.' }));
    const { run } = await testWorkflow(Streaming, { model });
    const { status, nodes, elapsed, events } = await run('?');
    expect([status, elapsed]).toEqual(['failed', 3000]);
    expect(nodes().streaming?.error).toMatchObject({ code: 'timeout' });
    expect(events.filter(({ type }) => type === 'text-delta').length).toBeGreaterThanOrEqual(2);
  });

  it('move the clock of the model inside of faults()', async () => {
    const model = faults(scriptedModel(slowTokens({ every: '1s', answer: 'One two.' })), []);
    const { run } = await testWorkflow(Streaming, { model });
    expect(await run('?')).toMatchObject({ output: 'One two.', elapsed: 2000 });
  });
});
