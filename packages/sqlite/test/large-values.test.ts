import { statSync } from 'node:fs';
import {
  Agent,
  Calls,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type RunContext,
  Tool,
  VirtualClock,
} from '@espalier/core';
import { scriptedModel } from '@espalier/testing';
import { describe, expect, it } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const text = 'What the tide brings, the tide takes. '.repeat(10_000);
const list = Array.from({ length: 4000 }, (_, index) => ({ page: index }));

@Agent()
class Book {
  run(): unknown {
    return { text, list };
  }
}

const book = defineWorkflow({ name: 'book', version: 1, output: Book });

@Agent()
@Calls(book, { max: 1 })
class Shop {
  async run(_input: unknown, ctx: RunContext): Promise<unknown> {
    return ctx.call(book, undefined);
  }
}

@Agent({ model: 'default' })
@DependsOn(Shop)
class Reader {
  @Tool('Reads the book')
  read(): string {
    return text;
  }

  run(_given: unknown, ctx: RunContext): Promise<string> {
    return ctx.generate('Read it');
  }
}

@Agent()
@DependsOn(Book)
class Review {
  run(given: unknown): number {
    return JSON.stringify(given).length;
  }
}

const review = defineWorkflow({ name: 'review', version: 1, output: Review });
const shop = defineWorkflow({ name: 'shop', version: 1, output: Shop });
const reader = defineWorkflow({ name: 'reader', version: 1, output: Reader });

/** How often a large value stands in a file, and in how many runs. */
function counted(
  file: string,
  driver: string,
): { readonly blobs: unknown; readonly bytes: unknown; readonly uses: unknown } {
  const database = openFile(file, driver);
  const row = database
    .prepare(
      'SELECT count(*) AS blobs, sum(octet_length(body)) AS bytes, (SELECT count(*) FROM blob_runs) AS uses FROM blobs',
    )
    .get();
  database.close();
  return row as ReturnType<typeof counted>;
}

describe.each(drivers)('a large value, on %s', (driver) => {
  it.each([
    ['without a key', {}],
    ['with a key', { key: Buffer.alloc(32, 7) }],
  ])('stands in the file once, whatever runs and records have it, %s', async (_what, options) => {
    const file = newFile();
    {
      await using store = sqlite(file, { driver, ...options });
      await using espalier = await createEspalier({ workflows: [shop, book], store });
      for (const runId of ['r1', 'r2', 'r3']) {
        expect(await espalier.run(shop, undefined, { runId })).toEqual({ text, list });
      }
    }
    // The text, and what is left around it.
    const { blobs, bytes, uses } = counted(file, driver);
    expect(blobs).toBe(2);
    expect(uses).toBe(12); // in six runs: three of the shop, three of the book
    expect(Number(bytes)).toBeLessThan(JSON.stringify({ text, list }).length + 200);
    expect(statSync(file).size).toBeLessThan(2 * Number(bytes));
    await using store = sqlite(file, { driver, ...options });
    const outputs = store.read('r2').flatMap((record) => ('output' in record ? [record.output] : []));
    expect(outputs).toEqual([
      { text, list },
      { text, list },
    ]);
    expect((await store.verify('r2')).faults).toEqual([]);
  });

  it('is the same in a fork, and stays where the run that it was forked from goes', async () => {
    const file = newFile();
    const clock = new VirtualClock();
    await using store = sqlite(file, { driver, clock });
    await using espalier = await createEspalier({ workflows: [review], store, clock });
    await espalier.run(review, undefined, { runId: 'old' });
    await clock.advance(2000);
    const fork = await espalier.fork('old', { from: Review, runId: 'new' });
    expect(await fork.result).toBe(JSON.stringify({ text, list }).length);
    expect(counted(file, driver)).toMatchObject({ blobs: 2, uses: 4 });
    expect((await store.prune({ olderThan: '1s' })).runs).toBe(1);
    expect(counted(file, driver)).toMatchObject({ blobs: 2, uses: 2 });
    expect(store.read('new').find(({ type }) => type === 'node-end')).toMatchObject({ output: { text, list } });
    await clock.advance(2000);
    expect((await store.prune({ olderThan: '1s' })).runs).toBe(1);
    expect(counted(file, driver)).toMatchObject({ blobs: 0, uses: 0 });
  });

  it('is one in the result of a tool and in what the model is asked with it', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver });
    const model = scriptedModel({ calls: [{ tool: 'read' }] }, 'A sad book.');
    await using espalier = await createEspalier({ workflows: [reader, book], models: { default: model }, store });
    await espalier.run(reader, undefined, { runId: 'r' });
    expect(model.last?.messages.length).toBe(3);
    const database = openFile(file, driver);
    const found = database
      .prepare("SELECT seq, type FROM history WHERE body LIKE '%u0000blob:%' AND run_id = 'r'")
      .all();
    database.close();
    expect(found.map(({ type }) => type)).toEqual(['step-end', 'node-end', 'tool-end', 'model-start']);
    // The text and what is left of the book around it, and the text as the model sees it: as JSON.
    expect(counted(file, driver).blobs).toBe(3);
  });
});
