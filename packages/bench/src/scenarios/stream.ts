import { type ModelContender, type ReadStream, WrongResult } from '../contender.js';
import type { StartServer } from '../model-server/start-server.js';
import { median } from '../process/median.js';
import { expectedText } from '../work/journey.js';
import type { Entrant, ModelScenario } from './scenario.js';
import { warmUp } from './warm-up.js';

/** A long answer, and how many of them make a sample, one after the other or all at once. */
const long = { deltas: 2_000, inTurn: 10, atOnce: 20 };

/** An answer whose first delta is what counts. */
const short = { deltas: 20, inTurn: 60 };

const quickly = { deltas: 25, inTurn: 1, atOnce: 2 };

/** Reads a stream of that many deltas, and tells how many milliseconds went by until the first text. */
type ReadChecked = () => Promise<number>;

/** Long streams, one after the other and many at once; and how long the first text of a short one takes. */
export const streamScenarios = (startServer: StartServer): readonly ModelScenario[] => [
  {
    name: 'stream',
    kind: 'model',
    family: 'stream',
    title: 'stream of 2,000',
    unit: 'tokens/s',
    better: 'higher',
    isSpeed: false,
    rounds: 9,
    prepare: async (entrant, quick) => {
      const { deltas, inTurn } = quick ? quickly : long;
      const read = await prepare(entrant, deltas, startServer);
      const readInTurn = async (): Promise<void> => {
        for (let turn = 0; turn < inTurn; turn += 1) await read();
      };
      if (!quick) await warmUp(readInTurn);
      return { sample: () => perSecond(inTurn * deltas, readInTurn) };
    },
  },
  {
    name: 'stream-20',
    kind: 'model',
    family: 'stream',
    title: '20 streams at once',
    unit: 'tokens/s',
    better: 'higher',
    isSpeed: false,
    rounds: 9,
    prepare: async (entrant, quick) => {
      const { deltas, atOnce } = quick ? quickly : long;
      const read = await prepare(entrant, deltas, startServer);
      const readAll = (): Promise<unknown> => Promise.all(Array.from({ length: atOnce }, read));
      if (!quick) await warmUp(readAll);
      return { sample: () => perSecond(atOnce * deltas, readAll) };
    },
  },
  {
    name: 'first-token',
    kind: 'model',
    family: 'stream',
    title: 'first token',
    unit: 'ms',
    isSpeed: false,
    rounds: 9,
    prepare: async (entrant, quick) => {
      const { deltas, inTurn } = quick ? quickly : short;
      const read = await prepare(entrant, deltas, startServer);
      const sample = async (): Promise<number> => {
        const times: number[] = [];
        for (let turn = 0; turn < inTurn; turn += 1) times.push(await read());
        return median(times);
      };
      if (!quick) await warmUp(sample);
      return { sample };
    },
  },
];

async function prepare(entrant: Entrant<ModelContender>, deltas: number, start: StartServer): Promise<ReadChecked> {
  const stream = await (await entrant.load()).prepareStream(await start());
  await readStream(stream, deltas - 1, expectedText(deltas - 1));
  const expected = expectedText(deltas);
  return () => readStream(stream, deltas, expected);
}

/** @throws WrongResult */
async function readStream(stream: ReadStream, deltas: number, expected: string): Promise<number> {
  const from = performance.now();
  let first: number | undefined;
  let count = 0;
  let text = '';
  await stream(deltas, (delta) => {
    first ??= performance.now() - from;
    count += 1;
    text += delta;
  });
  if (text === expected && count === deltas && first !== undefined) return first;
  throw new WrongResult(
    `a stream of ${deltas} deltas: ${count} came, with ${text.length} of ${expected.length} characters.`,
  );
}

async function perSecond(tokens: number, read: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await read();
  return (tokens * 1000) / (performance.now() - from);
}
