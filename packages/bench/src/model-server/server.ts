import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { toolTurns } from '../work/journey.js';
import { answerBody, answerEvents, streamWrites, toolCallBody, toolCallEvents } from './bodies.js';

interface Request {
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
}

/** Connections stay open between the rounds, whatever the others take. */
const keepAliveFor = 600_000;

/**
 * A model that does its work by itself, as fast as it can: it answers from the messages alone and keeps nothing.
 * With tools it goes on from the last result, five times, and then tells where it is. Without, it counts.
 */
export function createModelServer(): Server {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, JSON.parse(Buffer.concat(chunks).toString()), response));
  });
  server.keepAliveTimeout = keepAliveFor;
  return server;
}

function answer({ url = '' }: IncomingMessage, { stream, tools = [], messages }: Request, response: ServerResponse) {
  if (!url.endsWith('/chat/completions')) {
    response.writeHead(404).end();
    return;
  }
  const results = messages.filter(({ role }) => role === 'tool');
  const number = numberIn((results.at(-1) ?? messages.findLast(({ role }) => role === 'user'))?.content);
  if (tools.length === 0) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
    for (const write of streamWrites(number)) response.write(write);
    response.end();
    return;
  }
  const arrived = results.length >= toolTurns;
  const body = stream ? (arrived ? answerEvents : toolCallEvents) : arrived ? answerBody : toolCallBody;
  const text = body(number, results.length + 1);
  response.writeHead(200, {
    'content-type': stream ? 'text/event-stream' : 'application/json',
    'content-length': text.length,
    'x-request-id': 'req_1',
  });
  response.end(text);
}

/** The first number of a content, whatever shape it has: libraries write results in their own ways. */
function numberIn(content: unknown): number {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return Number(/\d+/.exec(text ?? '')?.[0]);
}
