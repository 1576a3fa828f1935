import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The server's binary for this platform; nothing where there is none. */
export const serverBinary: string | undefined = findBinary();

/** What a test says that is skipped for want of a server. */
export const noServer =
  serverBinary === undefined
    ? `skipped: there is no Restate server for ${process.platform}-${process.arch}`
    : 'on a real server';

function findBinary(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
    const binary = join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'restate-server');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** A port that nobody has just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A real server of its own ports and folder, for tests. */
export class RestateServer {
  readonly ingress: string;
  readonly admin: string;
  readonly #ports: readonly [ingress: number, admin: number, node: number];
  readonly #folder = mkdtempSync(join(tmpdir(), 'espalier-restate-'));
  readonly #settings: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;

  private constructor(ports: readonly [number, number, number], settings: Readonly<Record<string, string>>) {
    this.#ports = ports;
    this.#settings = settings;
    this.ingress = `http://127.0.0.1:${ports[0]}`;
    this.admin = `http://127.0.0.1:${ports[1]}`;
  }

  /** @param settings environment variables of the server */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RestateServer> {
    const server = new RestateServer([await freePort(), await freePort(), await freePort()], settings);
    await server.start();
    return server;
  }

  /** Starts it again on the same folder and ports. */
  async start(): Promise<void> {
    const [ingress, admin, node] = this.#ports;
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    const options = ['--base-dir', this.#folder, '--node-name', 'n1', '--no-logo', '--listen-mode', 'tcp'];
    const process_ = spawn(serverBinary as string, options, {
      env: {
        PATH: process.env.PATH,
        RESTATE_DISABLE_TELEMETRY: 'true',
        RESTATE_BIND_PORT: String(node),
        RESTATE_BIND_IP: '127.0.0.1',
        RESTATE_INGRESS__BIND_PORT: String(ingress),
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_DEFAULT_NUM_PARTITIONS: '2',
        RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: '64MB',
        RESTATE_LOG_DISABLE_ANSI_CODES: 'true',
        ...this.#settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process_.stdout.pipe(log);
    process_.stderr.pipe(log);
    this.#process = process_;
    for (let tries = 0; !(await this.#isUp()); tries++) {
      if (tries > 200 || process_.exitCode !== null) throw new Error(`The server did not start:\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** All that it has written. */
  log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8') : '';
  }

  /** The lines that tell of a journal that was replayed in another order. */
  mismatches(): readonly string[] {
    return this.log()
      .split('\n')
      .filter((line) => /RT0016|journal mismatch|\[570\]|Found a mismatch/i.test(line));
  }

  async register(uri: string): Promise<void> {
    const response = await fetch(`${this.admin}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri, force: true }),
    });
    if (!response.ok) throw new Error(`register ${uri}: ${response.status} ${await response.text()}`);
  }

  /** Rows of the server's own tables. */
  async query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const response = await fetch(`${this.admin}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: sql }),
    });
    const { rows } = (await response.json()) as { rows: Readonly<Record<string, unknown>>[] };
    return rows;
  }

  /** Calls a handler and gives its answer. */
  async call(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.ingress}/${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Ends the process, by default without a word to it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const process_ = this.#process;
    if (process_ === undefined || process_.exitCode !== null || process_.signalCode !== null) return;
    const ended = new Promise((resolve) => process_.once('exit', resolve));
    process_.kill(signal);
    await ended;
  }

  /** Ends the process and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.#folder, 'server.log');
  }

  async #isUp(): Promise<boolean> {
    const healthy = async (url: string): Promise<boolean> => (await fetch(url).catch(() => undefined))?.ok === true;
    return (await healthy(`${this.admin}/health`)) && (await healthy(`${this.ingress}/restate/health`));
  }
}
