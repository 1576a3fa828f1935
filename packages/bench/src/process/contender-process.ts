import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Reply, Request } from './messages.js';

const program = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * One contender in one scenario, in a process of its own: no contender has another's garbage, heap or compiled code to
 * bear, and one that runs out of memory takes nobody with it. It does nothing between samples, so that rounds of
 * several such processes interleave.
 */
export class ContenderProcess {
  readonly #child: ChildProcess;

  /** @param folder where it keeps its temporary files */
  constructor(folder: string) {
    const { NODE_OPTIONS: _, LANGSMITH_TRACING: __, LANGCHAIN_TRACING_V2: ___, ...env } = process.env;
    this.#child = fork(program, [], {
      execArgv: ['--expose-gc'],
      env: { ...env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Never rejects: a process that dies is broken, one that does not answer in time is unable. */
  ask(request: Request, seconds: number): Promise<Reply> {
    const child = this.#child;
    return new Promise((resolve) => {
      const done = (reply: Reply): void => {
        clearTimeout(timer);
        child.off('message', onReply);
        child.off('exit', onExit);
        resolve(reply);
      };
      const onReply = (reply: unknown): void => done(reply as Reply);
      const onExit = (code: number | null, signal: string | null): void =>
        done({
          type: 'broken',
          message: `the process ended (${signal ?? `exit code ${code}`}) before it had an answer`,
        });
      const timer = setTimeout(() => {
        done({ type: 'unable', reason: `no answer in ${seconds} s` });
        void this.stop();
      }, seconds * 1000);
      child.on('message', onReply);
      child.on('exit', onExit);
      if (child.exitCode === null && child.connected) child.send(request);
      else onExit(child.exitCode, child.signalCode);
    });
  }

  /** Resolves when it has ended. */
  stop(): Promise<void> {
    const child = this.#child;
    return new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  }
}
