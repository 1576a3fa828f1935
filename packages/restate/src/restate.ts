import {
  type Duration,
  type EngineFactory,
  type Espalier,
  EspalierError,
  milliseconds,
  type RuntimeHost,
} from '@espalier/core';
import type { EndpointOptions } from '@restatedev/restate-sdk';
import { AttemptsOnly } from './attempt/attempts-only.js';
import { examine } from './client/doctor.js';
import { restateEspalier } from './client/restate-espalier.js';
import { ServerClient } from './client/server-client.js';
import { type RestateWorker, type ServeOptions, serveWorker } from './serve-worker.js';
import { nodeServiceOf } from './services/node-service.js';
import { runServiceOf } from './services/run-service.js';

/** Where the server is, and how runs are kept there. */
export interface RestateOptions {
  /** URL of the server's ingress, such as `http://127.0.0.1:8080`. */
  readonly ingress: string;
  /** URL of its admin port, such as `http://127.0.0.1:9070`: for `register` and `list`. */
  readonly admin?: string;
  /** Headers of each request to the server, such as one that authorises. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the names of the services begin with. Programs that share a server, but not their workflows, have one each. @default 'espalier' */
  readonly namespace?: string;
  /** How long a run that has ended can be read. @default '30 days' */
  readonly retention?: Duration;
  /** The longest that one attempt of a node goes on, waits not counted: after that, Restate takes its worker for dead. @default '1h' */
  readonly longestAttempt?: Duration;
  /** How long the server may be away before whoever waits for a run is told. @default '1m' */
  readonly patience?: Duration;
}

/**
 * The engine of `createEspalier({ engine })` that runs workflows on Restate: an invocation holds each run, and each attempt of a
 * node is an invocation of its own, on any worker.
 *
 * @example
 * const engine = restate({ ingress: 'http://127.0.0.1:8080', admin: 'http://127.0.0.1:9070' });
 * const espalier = await createEspalier({ workflows: [researchReport], engine });
 * await engine.serve({ port: 9080 });
 * await engine.register('http://127.0.0.1:9080');
 */
export function restate(options: RestateOptions): RestateEngine {
  return new RestateEngine(options);
}

/** See {@link restate}. */
export class RestateEngine implements EngineFactory {
  readonly #options: RestateOptions;
  readonly #ingress: ServerClient;
  readonly #admin: ServerClient | undefined;
  readonly #workers = new Set<RestateWorker>();
  #host: RuntimeHost | undefined;
  #espalier: Espalier | undefined;

  constructor(options: RestateOptions) {
    const { ingress, admin, headers } = options;
    this.#options = options;
    this.#ingress = new ServerClient({ url: ingress, option: 'ingress' }, headers);
    this.#admin = admin === undefined ? undefined : new ServerClient({ url: admin, option: 'admin' }, headers);
  }

  /** Called by `createEspalier`. */
  async connect(host: RuntimeHost): Promise<Espalier> {
    if (this.#host !== undefined) {
      throw new EspalierError('option-invalid', 'createEspalier({ engine }): this engine has a runtime already.', {
        hint: 'Call restate({ … }) once for each createEspalier.',
      });
    }
    this.#host = host;
    const servers = {
      ...{ ingress: this.#ingress, admin: this.#admin, namespace: this.#namespace },
      patience: milliseconds(this.#options.patience ?? '1m', 'restate({ patience })'),
    };
    this.#espalier = restateEspalier(host, servers, async () => {
      await Promise.all([...this.#workers].map((worker) => worker.close()));
    });
    return this.#espalier;
  }

  /** The services of a worker, for an HTTP/2 server or a function platform of your own: pass them to Restate's SDK. */
  services(): EndpointOptions['services'] {
    const { host } = this.#connected();
    const namespace = this.#namespace;
    const retention = milliseconds(this.#options.retention ?? '30 days', 'restate({ retention })');
    const worker = { runtime: host.runtime(new AttemptsOnly(host)).engineHost, clock: host.clock, owner: host.owner };
    return [
      runServiceOf(host, { namespace, retention, inactivityTimeout: HELD, abortTimeout: HELD }),
      nodeServiceOf(worker, { namespace, inactivityTimeout: this.#longestAttempt, abortTimeout: HELD }),
    ];
  }

  /** Lets this process work: it listens for the server. It ends with `espalier.drain()`. @throws option-invalid */
  async serve(options: ServeOptions = {}): Promise<RestateWorker> {
    const worker = await serveWorker(this.services(), options);
    this.#workers.add(worker);
    return worker;
  }

  /**
   * Tells the server where workers are: the URL of one, or of what spreads requests over several. Runs that have begun stay on
   * the deployment that they began on: new code needs a URL of its own.
   * @throws restate-unreachable, restate-refused
   */
  async register(url: string): Promise<void> {
    if (this.#admin === undefined) {
      throw new EspalierError(
        'option-invalid',
        'register: restate({ admin }) is not given, expected the URL of the admin port.',
      );
    }
    await this.#admin.call('POST', 'deployments', { uri: url, force: true });
  }

  /**
   * Looks for the usual mistakes: a server that is not up or is no Restate server, workers that nobody has registered, attempts
   * that may take longer than `longestAttempt`.
   * @returns what it found; nothing where all is well
   */
  async doctor(): Promise<readonly EspalierError[]> {
    const { host, espalier } = this.#connected();
    const servers = { ingress: this.#ingress, admin: this.#admin, namespace: this.#namespace };
    return examine({ ...servers, host, espalier, longestAttempt: this.#longestAttempt });
  }

  get #longestAttempt(): number {
    return milliseconds(this.#options.longestAttempt ?? '1h', 'restate({ longestAttempt })');
  }

  #connected(): { readonly host: RuntimeHost; readonly espalier: Espalier } {
    if (this.#host === undefined || this.#espalier === undefined) {
      throw new EspalierError('option-invalid', 'restate: this engine has no workflows yet.', {
        hint: 'Call createEspalier({ workflows, engine }) first.',
      });
    }
    return { host: this.#host, espalier: this.#espalier };
  }

  get #namespace(): string {
    return this.#options.namespace ?? 'espalier';
  }
}

/** How long an invocation may be silent that does nothing but wait, in milliseconds: then it leaves its worker. */
const HELD = 60_000;
