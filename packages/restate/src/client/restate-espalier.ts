import {
  EmbeddedEngine,
  type Espalier,
  EspalierError,
  type Run,
  type RunSummary,
  type RuntimeHost,
  type StartOptions,
  type Workflow,
} from '@espalier/core';
import { runService } from '../services/service-names.js';
import { unsupported } from '../unsupported.js';
import type { RunEnding, RunOrder } from '../wire.js';
import { RemoteJournal } from './remote-journal.js';
import { RemoteRun, type RunAccess } from './remote-run.js';
import type { ServerClient } from './server-client.js';

/** Where runs are. */
export interface Servers {
  readonly ingress: ServerClient;
  readonly admin: ServerClient | undefined;
  readonly namespace: string;
  /** How long a server may be away before whoever waits for a run is told, in milliseconds. */
  readonly patience: number;
}

/** The longest pause before the server is asked again, in milliseconds. */
const LONGEST = 1000;

/** Makes the runtime that begins runs on a Restate server, and follows them there. What only reads is as everywhere. */
export function restateEspalier(host: RuntimeHost, servers: Servers, close: () => Promise<void>): Espalier {
  const runs = new RunsOnServer(host, servers);
  const { local } = runs;
  const drain: Espalier['drain'] = async (options) => {
    runs.close();
    await local.drain(options);
    await close();
    await host.dispose();
    return [];
  };
  return {
    memories: local.memories,
    engineHost: local.engineHost,
    start: (workflow, input, options) => runs.start(workflow, input, options),
    run: async (workflow, input, options) => runs.start(workflow, input, options).result,
    resume: (runId) => runs.resume(runId),
    fork: (runId) => Promise.reject(unsupported(`fork('${runId}'): runs on Restate cannot be forked yet.`, runId)),
    replay: (runId, options) => local.replay(runId, options),
    signal: (runId, name, value, options) => local.signal(runId, name, value, options),
    cancel: (runId, reason) => local.cancel(runId, reason),
    events: (runId, from) => local.events(runId, from),
    history: (runId, from) => local.history(runId, from),
    describe: (workflow) => local.describe(workflow),
    preview: local.preview.bind(local),
    audit: (runId, options) => local.audit(runId, options),
    thread: (threadId, options) => local.thread(threadId, options),
    list: (filter) => local.list(filter),
    questions: (filter) => local.questions(filter),
    drain,
    [Symbol.asyncDispose]: async () => void (await drain()),
  };
}

class RunsOnServer {
  readonly engine: EmbeddedEngine;
  readonly #journal: RemoteJournal;
  readonly #host: RuntimeHost;
  readonly #servers: Servers;
  /** The runtime of this process, which reads and asks. */
  readonly local: Espalier;
  #closed = false;

  constructor(host: RuntimeHost, servers: Servers) {
    const { ingress, admin, namespace } = servers;
    this.#host = host;
    this.#servers = servers;
    this.#journal = new RemoteJournal(ingress, admin, namespace, host.clock);
    this.engine = new EmbeddedEngine(this.#journal, host.clock, host.owner);
    this.local = host.runtime(this.engine);
  }

  start<I, O>(workflow: Workflow<I, O>, input: I, options: StartOptions = {}): Run<O> {
    const { name, version } = workflow;
    if (!this.#host.workflows.includes(workflow as Workflow)) throw notRegistered(workflow as Workflow);
    if (this.#closed) throw closed(name);
    const { runId, identity, ...start } = this.#host.order(workflow as Workflow, input, options);
    if (options.threadId !== undefined)
      throw unsupported('start({ threadId }): runs on Restate have no threads yet.', runId);
    const access = this.#access(runId, async () => {
      const plain = start.input();
      const order: RunOrder = {
        ...{ workflow: name, version, time: this.#host.clock.now() },
        ...(plain === undefined ? {} : { input: plain }),
        ...(identity === undefined ? {} : { identity }),
      };
      await this.#submit(runId, order);
    });
    const isThere = this.#journal.expect(runId);
    const run = new RemoteRun<O>(runId, access);
    run.result.then(isThere, isThere);
    return run;
  }

  /** Takes no new runs any more. */
  close(): void {
    this.#closed = true;
  }

  async resume<O>(runId: string): Promise<Run<O>> {
    const run: RunSummary | undefined = await this.engine.find(runId);
    if (run === undefined) {
      throw new EspalierError('run-unknown', `There is no run '${runId}' on this Restate server.`, {
        where: { runId },
      });
    }
    if (run.ended) throw new EspalierError('run-settled', `Run '${runId}' has already ended.`, { where: { runId } });
    return new RemoteRun<O>(
      runId,
      this.#access(runId, async () => {}),
    );
  }

  #access(runId: string, begin: () => Promise<void>): RunAccess {
    return {
      clock: this.#host.clock,
      begin,
      ending: () => this.#ending(runId),
      events: () => this.engine.events(runId),
      outcome: (status, output, error) => this.#host.outcome(this.engine, runId, { status, output, error }),
      cancel: (reason) => this.local.cancel(runId, reason),
    };
  }

  async #submit(runId: string, order: RunOrder): Promise<void> {
    const path = `${runService(this.#servers.namespace)}/${encodeURIComponent(runId)}/run/send`;
    const answer = await this.#patiently(() => this.#servers.ingress.call('POST', path, order));
    if ((answer as { status?: unknown } | undefined)?.status === 'PreviouslyAccepted') {
      throw new EspalierError('run-exists', `Run '${runId}' exists already.`, { where: { runId } });
    }
  }

  /** Waits for the end. A connection that breaks meanwhile is made again. */
  #ending(runId: string): Promise<RunEnding> {
    const path = `restate/workflow/${runService(this.#servers.namespace)}/${encodeURIComponent(runId)}/attach`;
    return this.#patiently(() => this.#servers.ingress.call('GET', path)) as Promise<RunEnding>;
  }

  async #patiently(ask: () => Promise<unknown>): Promise<unknown> {
    const { clock } = this.#host;
    let away: number | undefined;
    for (let pause = 50; ; pause = Math.min(LONGEST, pause * 2)) {
      const began = clock.now();
      try {
        return await ask();
      } catch (error) {
        if (!EspalierError.is(error) || !error.retryable) throw error;
        away = away === undefined || began - away > 10 * this.#servers.patience ? began : away;
        if (clock.now() - began > LONGEST) away = clock.now(); // it was there, and has broken off only now
        if (clock.now() - away >= this.#servers.patience) throw error;
      }
      await new Promise<void>((resolve) => {
        clock.setTimer(pause, resolve);
      });
    }
  }
}

const closed = (workflow: string): EspalierError =>
  new EspalierError('runtime-closed', `start('${workflow}'): the runtime is drained and takes no new runs.`);

const notRegistered = ({ name, version }: Workflow): EspalierError =>
  new EspalierError('workflow-unknown', `Workflow '${name}' version ${version} is not registered.`, {
    hint: 'Add it to `workflows` of createEspalier.',
    where: { workflow: name },
  });
