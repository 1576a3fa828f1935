import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../main.js', import.meta.url));

/** A process of the refund desk, as an operator would start one. */
export class DeskProcess {
  readonly #child: ChildProcess;
  readonly #output: Promise<string>;

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
    }
    this.#output = new Promise((resolve) => this.#child.once('close', () => resolve(text.trim())));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** All that it has printed, once it has ended. */
  get output(): Promise<string> {
    return this.#output;
  }

  /** As `kill -9` does: no handler runs, nothing is tidied up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#output;
  }

  /** As an orderly shutdown does. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#output;
  }
}
