import { EspalierError } from '../errors/espalier-error.js';
import type { ChatRequest } from '../model/chat-model.js';
import type { Message } from '../model/message.js';
import type { Event, ModelStartEvent } from './event.js';

/**
 * The exact request of a recorded model call, whole. The records of a run tell of each request only what is new in it:
 * `after` names the step, of the same node and attempt, whose request it goes on from.
 *
 * @param records the run's records or events, in their order; its `model-start` events will do
 * @throws option-invalid when what the request goes on from is not among them
 * @example
 * for (const event of events) if (event.type === 'model-start') console.log(requestOf(events, event).messages);
 */
export function requestOf(records: readonly Event[], event: ModelStartEvent): ChatRequest {
  if (event.after === undefined) return event.request;
  const added: (readonly Message[])[] = [];
  let newest: Partial<ChatRequest> = {};
  let place = records.lastIndexOf(event);
  if (place < 0) place = records.length;
  for (let one: ModelStartEvent | undefined = event; one !== undefined; ) {
    newest = { ...one.request, ...newest };
    added.push(one.request.messages);
    if (one.after === undefined) break;
    place = placeBefore(records, place, one);
    one = records[place] as ModelStartEvent;
  }
  return { ...newest, messages: added.reverse().flat() };
}

/** Where the request is that another one goes on from: the newest of its step, which may have been made again. */
function placeBefore(records: readonly Event[], place: number, event: ModelStartEvent): number {
  const { node, attempt, after, seq, step } = event;
  for (let index = place - 1; index >= 0; index--) {
    const one = records[index] as Event;
    if (one.type !== 'model-start' || one.step !== after || one.seq >= seq) continue;
    if (one.node === node && one.attempt === attempt) return index;
  }
  throw new EspalierError(
    'option-invalid',
    `requestOf: the request of step '${step}' of node '${node}' goes on from that of '${after}', which is not among the records.`,
    { hint: 'Give requestOf all records of the run, from its first one.', where: { node } },
  );
}
