import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { EspalierError } from '@espalier/core';
import { createEndpointHandler, type EndpointOptions, type LoggerTransport } from '@restatedev/restate-sdk';

/** Where a worker listens, and to whom. */
export interface ServeOptions {
  /** @default 9080 */
  readonly port?: number;
  /** An address that others reach needs `identityKeys`, or `public`. @default '127.0.0.1' */
  readonly host?: string;
  /** Public keys of the server, such as `publickeyv1_…`: only requests that it has signed are taken. @default all are */
  readonly identityKeys?: readonly string[];
  /** Whoever reaches the worker may have it make attempts: something else keeps strangers away. */
  readonly public?: true;
  /** Told what Restate's SDK has to say, connections that broke included. @default nobody: the server's own log tells what failed */
  readonly logger?: LoggerTransport;
}

/** A worker that listens. */
export interface RestateWorker {
  readonly port: number;
  /** Stops listening. What it was at goes on in another worker. */
  close(): Promise<void>;
}

/** @throws option-invalid */
export async function serveWorker(
  services: EndpointOptions['services'],
  { port = 9080, host = '127.0.0.1', identityKeys = [], public: isPublic, logger = nobody }: ServeOptions,
): Promise<RestateWorker> {
  if (!isOwn(host) && identityKeys.length === 0 && isPublic !== true) throw open(host);
  const server = createServer(handlerOf({ services, identityKeys: [...identityKeys], logger }));
  const sessions = sessionsOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function handlerOf(options: EndpointOptions): ReturnType<typeof createEndpointHandler> {
  try {
    return createEndpointHandler(options);
  } catch (cause) {
    throw new EspalierError('option-invalid', `serve({ identityKeys }): ${String(cause)}.`, {
      hint: 'Give public keys as the server tells them: publickeyv1_…',
      cause,
    });
  }
}

/** Whether only this machine reaches it. */
const isOwn = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

const open = (host: string): EspalierError =>
  new EspalierError('option-invalid', `serve({ host }): whoever reaches ${host} could have this worker do things.`, {
    hint: "Give `identityKeys`, the server's public keys, or `public: true` where a network keeps strangers away.",
  });

const nobody: LoggerTransport = () => {};

/** The connections that a server has, kept up to date. */
function sessionsOf(server: Http2Server): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return sessions;
}
