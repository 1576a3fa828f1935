import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContenderInfo, ModelContender } from '../contender.js';
import { contenders } from '../contenders/index.js';
import { startServerHere, stopServer } from '../model-server/server-for-tests.js';
import { expectedAnswer, expectedText } from '../work/journey.js';
import { prepareCancellable } from './hand-written.js';

type Loadable = ContenderInfo & { readonly loadModel: () => Promise<ModelContender> };

let baseURL: string;
let server: Server;

beforeAll(async () => {
  ({ baseURL, server } = await startServerHere());
});
afterAll(() => stopServer(server));

describe.each(contenders.filter((each): each is Loadable => each.loadModel !== undefined))('$name', ({ loadModel }) => {
  it('runs agents with a tool, several at the same time, each to its own answer', async () => {
    const run = await (await loadModel()).prepareAgent(baseURL);
    const starts = [0, 7, 4_000];
    expect(await Promise.all(starts.map(run))).toEqual(starts.map(expectedAnswer));
  });

  it('hands on every delta of a stream, one by one and in order', async () => {
    const read = await (await loadModel()).prepareStream(baseURL);
    const texts: string[][] = [[], []];
    await Promise.all(texts.map((own, index) => read(25 + index, (text) => own.push(text))));
    expect(texts.map(({ length }) => length)).toEqual([25, 26]);
    expect(texts.map((own) => own.join(''))).toEqual([expectedText(25), expectedText(26)]);
  });
});

it('runs the hand-written loop whose requests can be cancelled', async () => {
  const run = await prepareCancellable(baseURL);
  expect(await run(7)).toBe(expectedAnswer(7));
});
