import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Gives the base URL of a running model server. */
export type StartServer = () => Promise<string>;

/** In a process of its own: what it takes is nobody's time but its own. It ends with this process. */
export const startServerProcess: StartServer = () => {
  const program = fileURLToPath(new URL('../process/model-server.js', import.meta.url));
  const child = fork(program, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the model server ended with exit code ${code}`)));
    child.once('message', (port) => resolve(`http://127.0.0.1:${port}/v1`));
  });
};
