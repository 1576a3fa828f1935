export { VirtualClock } from '@espalier/core';
export type { RecordedRequest } from './server/recorded-request.js';
export type { ReplyTo } from './server/script.js';
export {
  type ProviderApiName,
  type ProviderServer,
  type ProviderServerOptions,
  startProviderServer,
} from './server/start-provider-server.js';
export type {
  ProviderError,
  ProviderFault,
  ProviderReply,
  ProviderToolCall,
  ProviderTurn,
} from './server/turn.js';
