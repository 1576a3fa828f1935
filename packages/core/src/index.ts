export type {
  AuditedAnswer,
  AuditedChild,
  AuditedFailure,
  AuditedHolder,
  AuditedMigration,
  AuditedModelAnswer,
  AuditedModelCall,
  AuditedPlace,
  AuditedQuestion,
  AuditedSpending,
  AuditedStep,
  AuditedToolCall,
  AuditOptions,
  RunAudit,
} from './audit/audit.js';
export type { CancelTimer, Clock } from './clock/clock.js';
export { type Duration, type DurationText, milliseconds } from './clock/duration.js';
export { systemClock } from './clock/system-clock.js';
export { VirtualClock } from './clock/virtual-clock.js';
export type { Provider, Resolver } from './container/resolver.js';
export type { GenerateOptions, RunContext, StepContext, WaitOptions } from './context/run-context.js';
export { Agent } from './decorators/agent.js';
export { Calls } from './decorators/calls.js';
export { DependsOn } from './decorators/depends-on.js';
export { ForEach, type ForEachOptions } from './decorators/for-each.js';
export { Handoff, type HandoffOptions } from './decorators/handoff.js';
export { Inject } from './decorators/inject.js';
export { Repeat, type RepeatOptions } from './decorators/repeat.js';
export { Sensitive } from './decorators/sensitive.js';
export { Merge, SharedState } from './decorators/shared-state.js';
export { Tool } from './decorators/tool.js';
export { When } from './decorators/when.js';
export { Writes } from './decorators/writes.js';
export { EmbeddedEngine } from './engine/embedded-engine.js';
export type { Engine, EngineRun, NodeEngine, StartBody, StepKey, StepRecording } from './engine/engine.js';
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
export { redactSecrets } from './errors/redact-secrets.js';
export type {
  Event,
  JournalRecord,
  ModelEndEvent,
  ModelStartEvent,
  NodeEndEvent,
  NodeEndStatus,
  NodeFallbackEvent,
  NodeFanOutEvent,
  NodeResumeEvent,
  NodeRetryEvent,
  NodeSkipEvent,
  NodeStartEvent,
  NodeStatus,
  NodeSuspendEvent,
  RecordBody,
  RunEndEvent,
  RunEndStatus,
  RunMigrateEvent,
  RunOrigin,
  RunResumeEvent,
  RunStartEvent,
  RunStatus,
  RunSuspendEvent,
  SkipReason,
  StateWrite,
  StepEndEvent,
  TextDeltaEvent,
  ToolEndEvent,
  ToolOutcome,
  ToolStartEvent,
} from './events/event.js';
export { requestOf } from './events/request-of.js';
export { type ForkOptions, type OutputOverride, override } from './fork/fork-options.js';
export { toDot } from './graph/dot.js';
export type { DrawnOutcome } from './graph/drawing.js';
export { toMermaid } from './graph/mermaid.js';
export type { PlanEdge, PlanNode, WorkflowPlan } from './graph/plan.js';
export { defineWorkflow, type Workflow, type WorkflowOptions } from './graph/workflow.js';
export type { ChainFault, ChainReport } from './journal/chain-report.js';
export type { Answer, Journal, Lease, Rest, RunSummary } from './journal/journal.js';
export type { MaybePromise } from './journal/maybe-promise.js';
export { MemoryJournal, type MemoryJournalOptions } from './journal/memory-journal.js';
export { fitsFilter, type RunFilter } from './journal/run-filter.js';
export type { PostedRequest, RunReply, RunRequest, RunRequests } from './journal/run-requests.js';
export type { Store } from './journal/store.js';
export type { AgentMemory, MemoryUse, NotesUse } from './memory/agent-memory.js';
export type { EmbeddingModel, EmbeddingResponse, EmbeddingUsage, EmbedOptions } from './memory/embedding-model.js';
export type { Memories, NoteListOptions, OwnedMemory, StoredNotes } from './memory/memories.js';
export {
  defineMemory,
  type Memory,
  type MemoryChange,
  type MemoryHandle,
  type MemoryOptions,
} from './memory/memory.js';
export type { MemoryScope } from './memory/memory-scope.js';
export { MemoryScopedStore, type MemoryScopedStoreOptions } from './memory/memory-scoped-store.js';
export {
  defineNotes,
  type NoteInput,
  type Notes,
  type NotesHandle,
  type NotesOptions,
  type RecalledNote,
  type RecallOptions,
} from './memory/notes.js';
export type {
  FoundNotes,
  KeptMemory,
  KeptNote,
  MemoryPlace,
  MemorySummary,
  MemoryWrite,
  NoteFilter,
  NoteSearch,
  NoteVector,
  PlacedNote,
  ScopedStore,
} from './memory/scoped-store.js';
export { NearestVectors } from './memory/vectors.js';
export type { AgentClass, OutputOf, ParametersOf } from './metadata/agent-class.js';
export type {
  AgentOptions,
  AgentTool,
  HandoffPass,
  InjectableClass,
  PureContext,
  Token,
  ToolOptions,
  ToolPolicies,
} from './metadata/agent-metadata.js';
export {
  type Dependency,
  type EachDependency,
  each,
  type FirstOfDependency,
  firstOf,
  type OptionalDependency,
  optional,
} from './metadata/dependency.js';
export type { Migrate, Migration, NodeToMigrate, NodeWait, RunToMigrate } from './migration/migration.js';
export type {
  ChatChunk,
  ChatModel,
  ChatOptions,
  ChatRequest,
  ChatResponse,
  ChatSettings,
  FinishReason,
  ReasoningEffort,
  SchemaUse,
  ToolChoice,
  ToolDefinition,
  Usage,
} from './model/chat-model.js';
export { describeFailure } from './model/describe-failure.js';
export {
  type FallbackModels,
  type FallbackModelsOptions,
  fallbackModels,
  type ModelFailure,
} from './model/fallback-models.js';
export { type CallSignal, followSignal } from './model/follow-signal.js';
export { type HttpFailure, httpModelError } from './model/http-model-error.js';
export { mergeBody } from './model/merge-body.js';
export {
  type AssistantMessage,
  type FilePart,
  type Message,
  type ProviderData,
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
export { costOf, type ModelPrice, type PriceTable, priceOf } from './model/price.js';
export { type Prompt, prompt, section } from './model/prompt.js';
export { type Backoff, type BackoffOptions, exponential, fixed, type Jitter, linear } from './policies/backoff.js';
export type { Bound } from './policies/bound.js';
export { Budget, type BudgetLimits } from './policies/budget.js';
export { type Amounts, BudgetLedger, type Reservation } from './policies/budget-ledger.js';
export { Cache, type CacheOptions } from './policies/cache.js';
export { CircuitBreaker, type CircuitBreakerOptions, withCircuitBreaker } from './policies/circuit-breaker.js';
export { Concurrency, type ConcurrencyOptions } from './policies/concurrency.js';
export { Fallback, withFallback } from './policies/fallback.js';
export type { ModelPolicies } from './policies/model-policies.js';
export type { PolicyDefaults } from './policies/order.js';
export { parallelMerge } from './policies/parallel-merge.js';
export type { Policy, PolicyKind } from './policies/policy.js';
export { RateLimit, type RateLimitOptions } from './policies/rate-limit.js';
export type { PolicyDecorator } from './policies/record-policy.js';
export { Retry, type RetryOptions, retryWithBackoff } from './policies/retry.js';
export { Timeout, withTimeout } from './policies/timeout.js';
export type { TokenLimitOptions } from './policies/token-limit.js';
export { withBudget } from './policies/with-budget.js';
export type { InputsOf, PreviewOptions, RequestPreview } from './preview/preview.js';
export type { AttemptControl } from './remote/attempt-control.js';
export type { AttemptMessage, SentSuspension } from './remote/attempt-message.js';
export type { AttemptPlace } from './remote/attempt-place.js';
export type { AttemptRequest, SentStep, SentValue } from './remote/attempt-request.js';
export type { AttemptResult, SentUsage } from './remote/attempt-result.js';
export type { EngineHost } from './remote/engine-host.js';
export type { Divergence, DivergenceKind, ReplayOptions, ReplayReport } from './replay/replay-report.js';
export { createEspalier } from './runtime/create-espalier.js';
export type { EndedRun, EngineFactory, HostedSurroundings, RuntimeHost } from './runtime/engine-factory.js';
export type { DrainOptions, Espalier, SignalOptions } from './runtime/espalier.js';
export type { EspalierOptions } from './runtime/espalier-options.js';
export { iterateEvents } from './runtime/event-iterator.js';
export type { RecoveryOptions, RefusedRun } from './runtime/recovery-options.js';
export type { Run, StartOptions, Suspension } from './runtime/run.js';
export type { NodeOutcome, RunOutcome, RunUsage } from './runtime/run-outcome.js';
export type { StartOrder } from './runtime/start-order.js';
export type { Json, JsonSchema } from './schema/json.js';
export { heldBack, isHeldBack, type SentSchemas } from './schema/lowering/hold-back.js';
export type { SchemaLimits } from './schema/lowering/limits.js';
export { type LoweredSchema, lowerSchema, restoreJson, type SchemaDialect } from './schema/lowering/lower-schema.js';
export { openAIDialect } from './schema/lowering/openai-dialect.js';
export type {
  DtoClass,
  InferSchema,
  InferSchemaInput,
  SchemaIssue,
  SchemaOf,
  SchemaResult,
  SchemaSource,
} from './schema/schema.js';
export { maskRecord } from './sensitive/mask-record.js';
export type { SensitiveShape } from './sensitive/sensitive-shape.js';
export { append, assign, sum, union } from './state/merge-rules.js';
export type { MergeRule, StateHandle } from './state/state-handle.js';
export type { OpenQuestion, QuestionFilter } from './suspension/open-questions.js';
export { MemoryThreadStore, type MemoryThreadStoreOptions } from './thread/memory-thread-store.js';
export { type SummaryOptions, summaryInstructions, type ThreadOptions } from './thread/thread-options.js';
export type { ThreadEntry, ThreadStore, ThreadSummary, ThreadTurn } from './thread/thread-store.js';
export { type AsToolOptions, asTool } from './tools/as-tool.js';
export type { ToolContext } from './tools/tool-context.js';
