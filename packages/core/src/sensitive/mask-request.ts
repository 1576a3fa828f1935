import type { ChatRequest } from '../model/chat-model.js';
import { marksOfMessages } from './mark-record.js';
import { maskAll } from './mask-record.js';
import type { SensitiveValues } from './sensitive-values.js';

/** A request with known sensitive values masked, to show it. */
export function maskRequest(request: ChatRequest, values: SensitiveValues | undefined): ChatRequest {
  return values === undefined ? request : maskAll(request, marksOfMessages(request.messages, values));
}
