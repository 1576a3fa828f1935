import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { Agent, createEspalier, DependsOn, defineWorkflow, EspalierError, type RunContext } from '@espalier/core';
import { scriptedModel } from '@espalier/testing';
import { describe, expect, it } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const effects: string[] = [];

@Agent()
class Facts {
  run(topic: string, ctx: RunContext): Promise<string> {
    return ctx.step('look up', () => {
      effects.push(topic);
      return `facts about ${topic}`;
    });
  }
}

@Agent()
@DependsOn(Facts)
class Report {
  run(facts: string, ctx: RunContext): Promise<string> {
    return ctx.step('print', () => 'x'.repeat(100_000) + facts);
  }
}

@Agent({ instructions: 'You help.', thread: true })
class Helper {}

const report = defineWorkflow({ name: 'report', version: 1, output: Report });
const chat = defineWorkflow({ name: 'chat', version: 1, output: Helper });

describe('a run', () => {
  it('is parked where the disk is full, and goes on when there is space', async () => {
    effects.length = 0;
    const file = newFile();
    const database = openFile(file);
    await using store = sqlite(file, { driver: () => database });
    await using espalier = await createEspalier({ workflows: [report], store });
    database.exec('PRAGMA max_page_count = 30');
    const run = espalier.start(report, 'tides', { runId: 'r1' });
    await expect(run.result).rejects.toMatchObject({
      code: 'store-failed',
      message: `The store '${file}' failed: database or disk is full.`,
      hint: 'Free space on the disk. Runs that were parked can be resumed then.',
    });
    expect(run.status).toBe('parked');
    expect(store.find('r1')).toMatchObject({ ended: false, owned: false });
    database.exec('PRAGMA max_page_count = 100000');
    const resumed = await espalier.resume<string>('r1');
    expect((await resumed.result).slice(-17)).toBe('facts about tides');
    expect(effects).toEqual(['tides']);
  });

  it('is there for who looks into the file, by node and step', async () => {
    const file = newFile();
    await using store = sqlite(file);
    await using espalier = await createEspalier({ workflows: [report], store });
    await espalier.run(report, 'tides', { runId: 'r1' });
    const database = openFile(file);
    const rows = database.prepare('SELECT run_id, seq, type, node, attempt, step, time FROM history').all();
    database.close();
    const fields = store.read('r1').map((record) => ({ node: null, attempt: null, step: null, ...record }));
    expect(rows.map((row) => ({ ...row }))).toEqual(
      fields.map(({ seq, type, node, attempt, step, time }) => ({
        run_id: 'r1',
        seq,
        type,
        node,
        attempt,
        step,
        time,
      })),
    );
    expect(rows.map(({ step }) => step)).toContain('step:look up');
  });

  it('has its thread in the same file, and the next process goes on with it', async () => {
    const file = newFile();
    const ask = async (answer: string, question: string) => {
      const model = scriptedModel(answer);
      await using store = sqlite(file);
      await using espalier = await createEspalier({ workflows: [chat], models: { default: model }, store });
      await espalier.run(chat, question, { threadId: 't' });
      expect(await espalier.thread('t')).toHaveLength(store.threads.length('t') as number);
      return model.last?.messages.length;
    };
    expect(await ask('Blue.', 'What colour?')).toBe(2);
    expect(await ask('Blue, as I said.', 'Again?')).toBe(4);
  });
});

describe('a file that was damaged', () => {
  /** A file with one run, whose bytes are changed while nobody has it open. */
  async function damagedFile(damage: (file: string) => void): Promise<string> {
    const file = newFile();
    const store = sqlite(file);
    const espalier = await createEspalier({ workflows: [report], store });
    await espalier.run(report, 'tides', { runId: 'r1' });
    await espalier.drain();
    await store.close();
    damage(file);
    return file;
  }

  /** What using the file fails with. */
  async function failure(file: string): Promise<EspalierError> {
    try {
      await using store = sqlite(file);
      store.read('r1');
    } catch (error) {
      if (EspalierError.is(error)) return error;
      throw error;
    }
    throw new Error('nothing was noticed');
  }

  it('names the record that cannot be read', async () => {
    const file = await damagedFile((path) => {
      const bytes = readFileSync(path);
      // The quote before a key; pages that are not used any more may have it too.
      for (let at = bytes.indexOf('"seq":2,'); at >= 0; at = bytes.indexOf('"seq":2,')) bytes[at] = 0x20;
      writeFileSync(path, bytes);
    });
    expect(await failure(file)).toMatchObject({
      code: 'store-failed',
      message: "Record 2 of run 'r1' is damaged.",
      retryable: false,
    });
  });

  it('is refused where it was cut', async () => {
    const file = await damagedFile((path) => truncateSync(path, 8192));
    const { code, hint } = await failure(file);
    expect(['store-failed', 'store-invalid']).toContain(code);
    expect(hint).toBe('The file is damaged. Put it aside, and restore a copy.');
  });

  it('is refused where its head is gone', async () => {
    const file = await damagedFile((path) => {
      const handle = openSync(path, 'r+');
      writeSync(handle, Buffer.alloc(100), 0, 100, 0);
      closeSync(handle);
    });
    expect(await failure(file)).toMatchObject({
      code: 'store-invalid',
      hint: 'The file is no SQLite database. Name another file.',
    });
  });
});
