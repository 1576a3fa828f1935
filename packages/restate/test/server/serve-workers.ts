import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createEndpointHandler, type EndpointOptions } from '@restatedev/restate-sdk';

/** Workers that are served over HTTP/2 from this process. */
export interface ServedWorkers {
  readonly uri: string;
  close(): Promise<void>;
}

/** Serves services as one deployment. */
export async function serveWorkers(options: EndpointOptions): Promise<ServedWorkers> {
  const server = createServer(createEndpointHandler({ logger: () => {}, ...options }));
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}`,
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
