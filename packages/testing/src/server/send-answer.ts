import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ProviderApi, WireEvent } from './provider-api.js';
import type { ProviderFault } from './turn.js';

/** What sending needs of the server. */
export interface Sending {
  readonly response: ServerResponse;
  readonly api: ProviderApi;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fault: ProviderFault | undefined;
  /** Waits as long as the turn's `delay`; false when the client has hung up. */
  pause(): Promise<boolean>;
}

const overloaded = 'The server had an error while processing your request. Sorry about that!';

/** The failure that a turn tells of in its stream. */
const failureOf = (fault: ProviderFault) => ({
  message: fault.message ?? overloaded,
  ...(fault.code === undefined ? {} : { code: fault.code }),
});

/** A whole answer as JSON, or what its fault leaves of it. */
export async function sendJson(sending: Sending, status: number, body: unknown): Promise<void> {
  const { response, headers, fault, api, requestId } = sending;
  if (fault?.type === 'error-event') {
    const failed = api.error({ ...failureOf(fault), status: 500 }, requestId);
    return sendJson({ ...sending, fault: undefined }, 500, failed);
  }
  const json = JSON.stringify(body);
  const half = json.slice(0, json.length / 2);
  const text = fault?.type === 'garbage' ? '<html>Bad gateway</html>' : fault?.type === 'truncate' ? half : json;
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  if (fault?.type !== 'disconnect' && fault?.type !== 'hang') return void response.end(text);
  await written(response, half);
  if (fault.type === 'disconnect') cut(response);
}

/** A stream of events, or what its fault leaves of it. */
export async function sendEvents(sending: Sending, events: Iterable<WireEvent>): Promise<void> {
  const { response, fault, headers, api } = sending;
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  const before = fault?.type === 'truncate' ? Number.POSITIVE_INFINITY : 0;
  let left = fault === undefined ? Number.POSITIVE_INFINITY : (fault.after ?? before);
  for (const event of events) {
    if (fault?.type === 'truncate' && event.last) return void response.end();
    if (fault !== undefined && (event.last || (event.delta && left-- <= 0))) return breakOff(sending, fault, event);
    if (event.delta && !(await sending.pause())) return;
    if (response.destroyed) return;
    await written(response, lineOf(event));
  }
  response.end(api.end);
}

const nameOf = (event: string | undefined): string => (event === undefined ? '' : `event: ${event}\n`);
const lineOf = ({ event, data }: WireEvent): string => `${nameOf(event)}data: ${JSON.stringify(data)}\n\n`;

/** Closes the connection once all that was written is out. `response.destroy()` would take it along. */
const cut = (response: ServerResponse): void => response.socket?.destroySoon();

/** Waits where the client reads slower than the server writes. */
async function written(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text)) return;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
}

async function breakOff(
  { response, api, requestId }: Sending,
  fault: ProviderFault,
  { event }: WireEvent,
): Promise<void> {
  if (fault.type === 'disconnect') {
    cut(response);
  } else if (fault.type === 'garbage') {
    response.end(`${nameOf(event)}data: {"type": <html>Bad gateway</html>\n\n`);
  } else if (fault.type === 'error-event') {
    await written(response, lineOf(api.errorEvent(failureOf(fault), requestId)));
    response.end();
  } else if (fault.type === 'truncate') response.end();
}
