import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Spreads requests over workers: one URL that stands for all of them. */
export interface Balancer {
  readonly uri: string;
  close(): Promise<void>;
}

/** @param ports where workers listen, or will again */
export async function balance(ports: readonly number[]): Promise<Balancer> {
  const sessions = new Map<number, ClientHttp2Session>();
  let turn = 0;
  const sessionTo = (port: number): Promise<ClientHttp2Session | undefined> =>
    new Promise((resolve) => {
      const known = sessions.get(port);
      if (known !== undefined && !known.closed && !known.destroyed) return resolve(known);
      const session = connect(`http://127.0.0.1:${port}`);
      session.once('connect', () => {
        sessions.set(port, session);
        resolve(session);
      });
      session.on('error', () => resolve(undefined));
      session.once('close', () => sessions.delete(port));
    });
  const next = async (): Promise<ClientHttp2Session | undefined> => {
    for (let tries = 0; tries < ports.length; tries++) {
      turn += 1;
      const session = await sessionTo(ports[turn % ports.length] as number);
      if (session !== undefined) return session;
    }
    return undefined;
  };
  const pass = async (stream: ServerHttp2Stream, headers: Record<string, unknown>): Promise<void> => {
    stream.on('error', () => {});
    const session = await next();
    if (session === undefined) {
      stream.respond({ ':status': 503 }, { endStream: true });
      return;
    }
    const { ':authority': _authority, ...rest } = headers;
    const onward = session.request(rest as never, { endStream: false });
    const abort = (): void => stream.close(2); // as of a worker that died
    onward.on('error', abort);
    onward.on('aborted', abort);
    onward.on('response', (answer) => {
      if (stream.destroyed) return;
      stream.respond(answer as never);
      onward.pipe(stream);
    });
    stream.on('close', () => onward.close(8));
    stream.pipe(onward);
  };
  const server = createServer();
  const open = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    open.add(session);
    session.on('error', () => {});
    session.once('close', () => open.delete(session));
  });
  server.on('stream', (stream, headers) => void pass(stream, headers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const session of [...open, ...sessions.values()]) session.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
