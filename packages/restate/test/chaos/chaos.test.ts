import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEspalier, type Espalier } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { restate } from '../../src/index.js';
import { type Balancer, balance } from '../server/balancer.js';
import { freePort, noServer, RestateServer, serverBinary } from '../server/restate-server.js';
import { chaosGraphs } from './worker.js';

const COUNT = Number(process.env.CHAOS_GRAPHS ?? 6);
const SIZE = Number(process.env.CHAOS_NODES ?? 12);
const KILLS = Number(process.env.CHAOS_KILLS ?? 5);
const PAUSE = Number(process.env.CHAOS_PAUSE ?? 250);
const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

(serverBinary === undefined ? describe.skip : describe)(`kills of workers and of the server (${noServer})`, () => {
  const graphs = chaosGraphs(COUNT, SIZE);
  const folder = mkdtempSync(join(tmpdir(), 'espalier-chaos-'));
  const log = join(folder, 'log');
  const workers: ChildProcess[] = [];
  let server: RestateServer;
  let balancer: Balancer;
  let client: Espalier;
  let ports: readonly number[];

  const startWorker = async (at: number): Promise<void> => {
    const args = ['serve', server.ingress, String(ports[at]), String(COUNT), String(SIZE)];
    const worker = fork(script, args, {
      env: { ...process.env, CHAOS_LOG: log, NODE_OPTIONS: '' },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    workers[at] = worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
    });
  };

  const killWorker = async (at: number): Promise<void> => {
    const worker = workers[at] as ChildProcess;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill('SIGKILL');
    await ended;
  };

  beforeAll(async () => {
    server = await RestateServer.start();
    ports = [await freePort(), await freePort()];
    await Promise.all([startWorker(0), startWorker(1)]);
    balancer = await balance(ports);
    await server.register(balancer.uri);
    const { ingress, admin } = server;
    const workflows = graphs.map(({ workflow }) => workflow);
    client = await createEspalier({ workflows, engine: restate({ ingress, admin }) });
  }, 60_000);

  afterAll(async () => {
    await client?.drain();
    for (const at of workers.keys()) await killWorker(at).catch(() => {});
    await balancer?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('every run comes to its result, and no step that is on record is done again', async () => {
    const runs = graphs.map(({ workflow }, at) => client.start(workflow, null as never, { runId: `k${at}` }));
    const results = Promise.all(runs.map((run) => run.result));
    let isOver = false;
    results.then(
      () => {
        isOver = true;
      },
      () => {
        isOver = true;
      },
    );
    let kills = 0;
    for (; kills < KILLS && !isOver; kills++) {
      await pause(PAUSE);
      if (kills % 3 === 2) {
        await server.kill();
        await server.start();
      } else {
        await killWorker(kills % 2);
        await startWorker(kills % 2);
      }
    }
    expect(await results).toEqual(graphs.map(({ expected }) => expected));
    expect(server.mismatches()).toEqual([]);
    const done = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    const once = new Set(done);
    expect(once.size).toBe(COUNT * SIZE);
    // A kill interrupts what is under way: some four nodes of each of these graphs.
    expect(done.length - once.size).toBeLessThanOrEqual(kills * COUNT * 4);
    for (const [at] of graphs.entries()) {
      const history = await client.history(`k${at}`);
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, position) => position));
      const ends = history
        .filter(({ type }) => type === 'node-end')
        .map((event) => ('node' in event ? event.node : ''));
      expect(new Set(ends).size).toBe(SIZE);
      expect(ends).toHaveLength(SIZE);
    }
    if (process.env.CHAOS_KILLS !== undefined)
      console.info(`${kills} kills; ${done.length} executions of ${COUNT * SIZE} nodes`);
  }, 180_000);
});
