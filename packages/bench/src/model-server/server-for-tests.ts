import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createModelServer } from './server.js';

/** The model server within the tests' own process. */
export async function startServerHere(): Promise<{ readonly baseURL: string; readonly server: Server }> {
  const server = createModelServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, server };
}

export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
