import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  Agent,
  type ChatModel,
  type ChatRequest,
  DependsOn,
  EspalierError,
  type Message,
  Retry,
  type RunContext,
  userText,
} from '@espalier/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collect } from '../../test/collect.js';
import {
  cassette,
  connectionCut,
  neverAnswers,
  rateLimited,
  type ScriptEntry,
  scriptedModel,
  testWorkflow,
  when,
} from '../index.js';

const options = { signal: new AbortController().signal, idempotencyKey: 'k' };
const asks = (...texts: readonly string[]): ChatRequest => ({ messages: texts.map(userText) });
const read = (model: ChatModel, request: ChatRequest) =>
  collect((model.stream as NonNullable<ChatModel['stream']>)(request, options));

let folder = '';
let path = '';
const saved = { CI: process.env.CI, ESPALIER_CASSETTES: process.env.ESPALIER_CASSETTES };

beforeEach(() => {
  delete process.env.CI;
  delete process.env.ESPALIER_CASSETTES;
  folder = mkdtempSync(join(tmpdir(), 'espalier-cassette-'));
  path = join(folder, 'deep', 'tides.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const failure = async (act: () => unknown): Promise<EspalierError> => {
  try {
    await act();
  } catch (error) {
    if (EspalierError.is(error)) return error;
    throw error;
  }
  throw new Error('it did not throw');
};

/** Records what a script answers to these requests, and gives a model that replays it and never asks anybody. */
async function record(
  script: readonly ScriptEntry[],
  requests: readonly ChatRequest[],
): Promise<ChatModel & { assertDone(): void }> {
  const recorder = cassette(scriptedModel(...script), path);
  expect(recorder.mode).toBe('record');
  for (const request of requests) await recorder.generate(request, options).catch(() => {});
  return cassette(neverMade, path);
}

const neverMade = (): never => {
  throw new Error('a replay makes no model');
};

describe('a cassette', () => {
  it('records once, and replays the same without the model', async () => {
    const answer = { text: 'Two a day.', reasoning: 'Hm.', calls: [{ tool: 'search', arguments: { q: 'tides' } }] };
    const replay = await record([answer], [asks('Tides?')]);
    const [, name, mode] = [0, replay.name, (replay as ReturnType<typeof cassette>).mode];
    expect([name, mode]).toEqual(['test:scripted', 'replay']);
    expect(await replay.generate(asks('Tides?'), options)).toEqual(
      await scriptedModel(answer).generate(asks('x'), options),
    );
    replay.assertDone();
  });

  it('is a file for people: this one', async () => {
    await record(
      [{ text: 'Two a day.' }],
      [
        {
          messages: [
            { role: 'system', content: 'You are a careful researcher.\nQuote your sources.' },
            userText('Tides?'),
          ],
        },
      ],
    );
    expect(readFileSync(path, 'utf8')).toBe(`{
  "espalier": "cassette",
  "version": 1,
  "model": "test:scripted",
  "exchanges": [
    {
      "request": {
        "messages": [
          {
            "role": "system",
            "content": {
              "$lines": [
                "You are a careful researcher.",
                "Quote your sources."
              ]
            }
          },
          {
            "role": "user",
            "content": [
              { "type": "text", "text": "Tides?" }
            ]
          }
        ]
      },
      "response": {
        "model": "scripted",
        "message": {
          "role": "assistant",
          "content": [
            { "type": "text", "text": "Two a day." }
          ]
        },
        "finishReason": "stop",
        "usage": { "inputTokens": 10, "outputTokens": 5 }
      }
    }
  ]
}
`);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['tides.json']);
  });

  it('replays equal requests in order, whatever stands between them', async () => {
    const replay = await record(['first', 'other', 'second'], [asks('a'), asks('b'), asks('a')]);
    const texts: unknown[] = [];
    for (const text of ['b', 'a', 'a']) texts.push((await replay.generate(asks(text), options)).message.content[0]);
    expect(texts).toMatchObject([{ text: 'other' }, { text: 'first' }, { text: 'second' }]);
    const error = await failure(() => replay.generate(asks('a'), options));
    expect(error.message).toContain(
      'but only 2 times, and it was asked for once more.\nTo record anew, run the test with ESPALIER_CASSETTES=record',
    );
  });

  it('keeps the order in which parallel exchanges began, whichever ended first', async () => {
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const recorder = cassette(
      scriptedModel(
        when('a', () => slow.then(() => 'slow')),
        when('b', 'fast'),
      ),
      path,
    );
    const calls = [recorder.generate(asks('a'), options), recorder.generate(asks('b'), options)];
    await calls[1];
    expect(JSON.parse(readFileSync(path, 'utf8')).exchanges).toHaveLength(1); // complete after each exchange
    release();
    await calls[0];
    const texts = JSON.parse(readFileSync(path, 'utf8')).exchanges.map(
      ({ response }: { response: { message: { content: { text: string }[] } } }) => response.message.content[0]?.text,
    );
    expect(texts).toEqual(['slow', 'fast']);
  });

  it('keeps how a stream came, and its answer', async () => {
    const turn = {
      reasoning: 'I think.',
      deltas: ['Two', ' a', ' day.'],
      calls: [{ tool: 'search', arguments: { query: 'tides' } }],
    };
    const recorder = cassette(scriptedModel(turn, 'whole'), path);
    const recorded = await read(recorder, asks('a'));
    await recorder.generate(asks('b'), options);
    const replay = cassette(neverMade, path);
    expect(await read(replay, asks('a'))).toEqual(recorded);
    expect(await read(replay, asks('b'))).toMatchObject([
      { type: 'response', response: { message: { content: [{ text: 'whole' }] } } },
    ]);
    const again = cassette(neverMade, path);
    expect(await again.generate(asks('a'), options)).toEqual((recorded.at(-1) as { response: unknown }).response);
  });

  it('replays failures with code and details, and what a cut stream had given', async () => {
    const recorder = cassette(
      scriptedModel(
        rateLimited({ retryAfter: '2s' }),
        connectionCut({ after: 2, answer: 'One two three.' }),
        new TypeError('odd'),
      ),
      path,
    );
    await recorder.generate(asks('a'), options).catch(() => {});
    await read(recorder, asks('b')).catch(() => {});
    await recorder.generate(asks('c'), options).catch(() => {});
    const replay = cassette(neverMade, path);
    expect(await failure(() => replay.generate(asks('a'), options))).toMatchObject({
      code: 'model-rate-limited',
      retryable: true,
      details: { status: 429, retryAfter: 2000 },
    });
    const seen: string[] = [];
    const cut = await failure(async () => {
      for await (const chunk of (replay.stream as NonNullable<ChatModel['stream']>)(asks('b'), options))
        seen.push('text' in chunk ? chunk.text : chunk.type);
    });
    expect([seen, cut.code]).toEqual([['One', ' two'], 'model-connection']);
    await expect(replay.generate(asks('c'), options)).rejects.toThrow('odd');
  });

  it('keeps a stream whose reader stopped, as far as it was read', async () => {
    const recorder = cassette(scriptedModel('One two three.'), path);
    for await (const _chunk of (recorder.stream as NonNullable<ChatModel['stream']>)(asks('a'), options)) break;
    const error = await failure(() => read(cassette(neverMade, path), asks('a')));
    expect([error.code, error.message]).toEqual([
      'cassette-miss',
      expect.stringContaining('ends here: its reader had stopped the stream.'),
    ]);
    for await (const chunk of (cassette(neverMade, path).stream as NonNullable<ChatModel['stream']>)(
      asks('a'),
      options,
    )) {
      expect(chunk).toEqual({ type: 'text-delta', text: 'One' });
      break;
    }
  });

  it('leaves nothing of a call that was aborted', async () => {
    const abort = new AbortController();
    const recorder = cassette(scriptedModel(neverAnswers()), path);
    const call = recorder.generate(asks('a'), { ...options, signal: abort.signal });
    abort.abort(new Error('stop'));
    await expect(call).rejects.toThrow('stop');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('shows the nearest request that it has, as a difference', async () => {
    const instructions: Message = {
      role: 'system',
      content: 'You are a careful researcher.\nQuote your sources.\nBe brief.',
    };
    const replay = await record(
      ['x', 'y'],
      [asks('something else'), { messages: [instructions, userText('Tides?')], settings: { temperature: 0 } }],
    );
    const changed: Message = { role: 'system', content: 'You are a careful researcher.\nQuote no sources.\nBe brief.' };
    const error = await failure(() =>
      replay.generate({ messages: [changed, userText('Tides?')], settings: { temperature: 0 } }, options),
    );
    expect(error.code).toBe('cassette-miss');
    expect(error.retryable).toBe(false);
    expect(
      error.message.replace(/'[^']*tides.json'/, "'tides.json'"),
    ).toBe(`Request 1 is not in cassette 'tides.json'. The nearest is that of exchange 2:
- recorded
+ asked
          "$lines": [
            "You are a careful researcher.",
-           "Quote your sources.",
+           "Quote no sources.",
            "Be brief."
          ]
To record anew, run the test with ESPALIER_CASSETTES=record, and look at the changes of the file.`);
  });

  it('names exchanges that nobody asked for', async () => {
    const replay = await record(['x', 'y'], [asks('a'), asks('b')]);
    await replay.generate(asks('a'), options);
    const error = await failure(() => replay.assertDone());
    expect(error.code).toBe('cassette-unused');
    expect(error.message).toMatch(
      /^Nobody asked for 1 exchange of cassette '.*tides\.json':\n {2}- exchange 2: user: \[\{"type":"text","text":"b"\}\]$/,
    );
    expect(() => {
      using model = cassette(neverMade, path);
      void model;
    }).toThrow('Nobody asked for 2 exchanges');
  });

  it('never records in continuous integration, and says what to do', async () => {
    process.env.CI = 'true';
    process.env.ESPALIER_CASSETTES = 'record';
    const asked = scriptedModel('x');
    const model = cassette(asked, path, { mode: 'record' });
    const error = await failure(() => model.generate(asks('a'), options));
    expect(error.message).toMatch(
      /^There is no cassette '.*tides\.json'\.\nContinuous integration only replays\. Run the test on your machine with ESPALIER_CASSETTES=record, and commit the file\.$/,
    );
    expect([asked.requests, readdirSync(folder)]).toEqual([[], []]);
    await expect(async () => cassette(neverMade, path).name).rejects.toThrow('There is no cassette');
  });

  it('is recorded anew, whole, when asked to', async () => {
    await record(['old', 'old'], [asks('a'), asks('b')]);
    process.env.ESPALIER_CASSETTES = 'record';
    const again = cassette(scriptedModel('new'), join(folder, 'deep', '..', 'deep', 'other.json'));
    await again.generate(asks('a'), options);
    expect(again.assertDone()).toBeUndefined();
    expect(() => cassette(scriptedModel(), join(folder, 'deep', 'other.json'))).toThrow('is being recorded already.');
  });

  it('takes a URL, hands on what a model cannot take, and refuses another model', async () => {
    await record(['x'], [asks('a')]);
    const url = pathToFileURL(path);
    const limited: ChatModel = {
      name: 'test:scripted',
      checkSchema: () => [{ path: '$', message: 'no' }],
      generate: neverMade,
    };
    expect(cassette(limited, url).checkSchema?.({}, 'tool')).toEqual([{ path: '$', message: 'no' }]);
    const error = await failure(() => cassette({ ...limited, name: 'acme:large' }, url).generate(asks('a'), options));
    expect(error.message).toContain(
      "was recorded with model 'test:scripted', and 'acme:large' is asked.\nTo record anew",
    );
  });

  it.each([
    ['{', /^Cassette '.*tides\.json': .*JSON/],
    ['[]', /it is no cassette\.$/],
    ['{"espalier":"cassette","version":9}', /expected version 1, got 9\.$/],
    ['{"espalier":"cassette","version":1}', /expected a model and its exchanges\.$/],
    ['{"espalier":"cassette","version":1,"model":"m","exchanges":[{}]}', /exchange 1 has no request\.$/],
  ])('says what is wrong with the file %s', async (text, message) => {
    path = join(folder, 'tides.json');
    writeFileSync(path, text);
    const error = await failure(() => cassette(neverMade, path).generate(asks('a'), options));
    expect(error.code).toBe('cassette-invalid');
    expect(error.message).toMatch(message);
  });

  it('compares what it is told to compare', async () => {
    const match = ({ messages, ...rest }: ChatRequest) => ({
      ...rest,
      messages: JSON.stringify(messages).replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE'),
    });
    const recorder = cassette(scriptedModel('x'), path, { match });
    await recorder.generate(asks('Today is 2026-01-01.'), options);
    await cassette(neverMade, path, { match }).generate(asks('Today is 2027-05-09.'), options);
    expect((await failure(() => cassette(neverMade, path).generate(asks('Today is 2027-05-09.'), options))).code).toBe(
      'cassette-miss',
    );
  });

  it('keeps a hash of a file in place of the file', async () => {
    const file = (data: string): ChatRequest => ({
      messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] }],
    });
    const replay = await record(['a cat'], [file('A'.repeat(5000))]);
    expect(readFileSync(path, 'utf8')).not.toContain('AAAA');
    expect((await failure(() => replay.generate(file('B'.repeat(5000)), options))).code).toBe('cassette-miss');
    await replay.generate(file('A'.repeat(5000)), options);
  });
});

describe('secrets', () => {
  const planted = [
    'sk-proj-0123456789abcdefghij',
    'q1w2e3r4t5y6u7i8o9p0',
    'hunter2',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    'tok-from-header',
    'AKIA0123456789ABCDEF',
  ];
  const [key, fromEnv, password, jwt, header, aws] = planted as [string, string, string, string, string, string];
  const request: ChatRequest = {
    messages: [
      { role: 'system', content: `Use ${key} and ${fromEnv}.` },
      userText(`My password is ${password}. ${jwt}`),
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            id: 'c',
            tool: 'login',
            arguments: JSON.stringify({ password, token: jwt }),
            provider: { acme: { authorization: header } },
          },
        ],
      },
      {
        role: 'tool',
        callId: 'c',
        tool: 'login',
        content: `{"access_token":"${header}","aws":"${aws}"}`,
        failed: false,
      },
    ],
    settings: { providers: { acme: { headers: { 'x-api-key': header, cookie: header } } } },
  };

  it('never land in a cassette: prompts, tools, settings, answers, streams, failures, what an SDK hangs on', async () => {
    process.env.ACME_API_KEY = fromEnv;
    try {
      const answer = {
        text: `The key is ${key}.`,
        reasoning: `He said ${fromEnv}`,
        calls: [{ tool: 'login', arguments: { password, key } }],
      };
      const model = scriptedModel(
        answer,
        { deltas: ['It is sk-pro', 'j-0123456789', 'abcdefghij, hun', 'ter2', '.'] },
        new EspalierError('model-failed', `401 for ${key}`, {
          details: { headers: { authorization: header } },
          cause: new Error(`sent ${fromEnv}`),
        }),
      );
      const odd: ChatModel = {
        name: 'odd',
        stream: model.stream.bind(model),
        generate: async (given, chat) =>
          Object.assign(await model.generate(given, chat), { request: { headers: { authorization: header } } }),
      };
      const recorder = cassette(odd, path, { secrets: [password] });
      await recorder.generate(request, options);
      await read(recorder, request);
      await recorder.generate(request, options).catch(() => {});
      const text = readFileSync(path, 'utf8');
      for (const secret of planted) expect(text).not.toContain(secret);
      expect(text).toContain('***');
      const replay = cassette(neverMade, path, { secrets: [password] });
      expect((await replay.generate(request, options)).message.content).toMatchObject([
        { text: 'He said ***' },
        { text: 'The key is sk-***.' },
        {},
      ]);
      expect((await read(replay, request))[0]).toEqual({ type: 'text-delta', text: 'It is sk-***, ***.' });
      await expect(replay.generate(request, options)).rejects.toThrow('401 for sk-***');
      replay.assertDone();
    } finally {
      delete process.env.ACME_API_KEY;
    }
  });
});

@Agent({ instructions: 'You research the north.' })
class North {
  run(topic: string, ctx: RunContext): Promise<string> {
    return ctx.generate(topic);
  }
}

@Agent({ instructions: 'You research the south.' })
class South {
  async run(topic: string, ctx: RunContext): Promise<string> {
    let text = '';
    for await (const piece of ctx.stream(topic)) text += piece;
    return text;
  }
}

@Agent({ instructions: 'You write.' })
@DependsOn(North, South)
@Retry({ attempts: 3, backoff: '1h' })
class Report {
  run(north: string, south: string, ctx: RunContext): Promise<string> {
    return ctx.generate(`${north} ${south}`);
  }
}

describe('a run with a cassette', () => {
  it('is the same when it is replayed, failures and backoff too', async () => {
    const script = scriptedModel(when('north', 'N.'), when('south', 'S.'), when('You write', rateLimited(), 'Done.'));
    const first = await (await testWorkflow(Report, { model: cassette(script, path) })).run('Tides');
    expect([first.output, first.elapsed]).toEqual(['Done.', 36e5]);
    const replay = cassette(neverMade, path);
    const second = await (await testWorkflow(Report, { model: replay })).run('Tides');
    expect([second.output, second.elapsed]).toEqual(['Done.', 36e5]);
    replay.assertDone();
  });

  it('ends without another attempt at a miss', async () => {
    const script = scriptedModel(when('north', 'N.'), when('south', 'S.'), when('You write', 'Done.'));
    await (await testWorkflow(Report, { model: cassette(script, path) })).run('Tides');
    const { error, elapsed } = await (await testWorkflow(Report, { model: cassette(neverMade, path) })).run('Ebb');
    expect((error as Error).message).toContain(
      '-         { "type": "text", "text": "Tides" }\n+         { "type": "text", "text": "Ebb" }',
    );
    expect(elapsed).toBe(0);
  });
});
