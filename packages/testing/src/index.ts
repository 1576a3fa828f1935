export { VirtualClock } from '@espalier/core';
export { type Cassette, type CassetteOptions, cassette } from './cassette/cassette.js';
export type { CassetteMode } from './cassette/mode.js';
export type { RedactOptions } from './cassette/redactor.js';
export { chatModelConformance } from './conformance/chat-model-conformance.js';
export type {
  ChatModelConformanceOptions,
  DescribeFunction,
  ItFunction,
  ScriptedConformanceOptions,
  SkippedTests,
  UnscriptedConformanceOptions,
} from './conformance/options.js';
export type {
  ScriptedProvider,
  ScriptedProviderReplyTo,
  ScriptedProviderRequest,
} from './conformance/scripted-provider.js';
export type { FaultPlace, ModelFault } from './faults/fault.js';
export { type ClockUser, type FaultScript, type FaultsOptions, faults } from './faults/faults.js';
export {
  contextTooLong,
  type HttpErrorOptions,
  httpError,
  overloaded,
  rateLimited,
  serverError,
  unauthorized,
} from './faults/http-faults.js';
export {
  type ConnectionCutOptions,
  connectionCut,
  garbage,
  halfAStream,
  neverAnswers,
  type SlowTokensOptions,
  slowTokens,
} from './faults/stream-faults.js';
export { type JournalConformanceOptions, journalConformance } from './journal-conformance/journal-conformance.js';
export { espalierMatchers } from './matchers/espalier-matchers.js';
export type { Received } from './matchers/facts.js';
export type { RunMatchers, SpendingLimits } from './matchers/run-matchers.js';
export { type AutoAdvanceOptions, autoAdvance } from './runs/auto-advance.js';
export { runVirtually, type SignalAnswer, type TestRun, type VirtualRunOptions } from './runs/run-virtually.js';
export {
  stub,
  type TestAgentOptions,
  type TestWorkflow,
  type TestWorkflowOptions,
  testWorkflow,
} from './runs/test-workflow.js';
export {
  type ScopedStoreConformanceOptions,
  scopedStoreConformance,
} from './scoped-conformance/scoped-store-conformance.js';
export type { ScriptedAnswer, ScriptedCall } from './script/answer.js';
export type { RequestMatcher, RequestPattern } from './script/request-matcher.js';
export { ScriptedModel, type ScriptedModelOptions, scriptedModel } from './script/scripted-model.js';
export type { TextMatcher } from './script/text-matcher.js';
export {
  always,
  type EndlessTurn,
  type MatchedTurns,
  type ScriptEntry,
  type ScriptedTurn,
  when,
} from './script/turn.js';
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
  ProviderRefusal,
  ProviderReply,
  ProviderToolCall,
  ProviderTurn,
} from './server/turn.js';
export {
  type ThreadStoreConformanceOptions,
  threadStoreConformance,
} from './thread-conformance/thread-store-conformance.js';
