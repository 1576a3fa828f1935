export type { CancelTimer, Clock } from './clock/clock.js';
export type { Duration, DurationText } from './clock/duration.js';
export { systemClock } from './clock/system-clock.js';
export { VirtualClock } from './clock/virtual-clock.js';
export { type ErrorCode, type ErrorCodeInfo, errorCodes } from './errors/codes.js';
export {
  deserializeError,
  type ErrorWhere,
  EspalierError,
  type EspalierErrorOptions,
  type SerializedError,
  serializeError,
} from './errors/espalier-error.js';
export { type Fault, GraphError } from './errors/graph-error.js';
export type {
  ChatChunk,
  ChatModel,
  ChatOptions,
  ChatRequest,
  ChatResponse,
  ChatSettings,
  FinishReason,
  ToolChoice,
  ToolDefinition,
  Usage,
} from './model/chat-model.js';
export {
  type AssistantMessage,
  type FilePart,
  type Message,
  type ReasoningPart,
  type SystemMessage,
  type TextPart,
  type ToolCallPart,
  type ToolMessage,
  textOf,
  toolCallsOf,
  type UserMessage,
  userText,
} from './model/message.js';
export type { Json, JsonSchema } from './schema/json.js';
export type { DtoClass, InferSchema, SchemaIssue, SchemaOf, SchemaResult, SchemaSource } from './schema/schema.js';
