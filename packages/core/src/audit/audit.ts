import type { SerializedError } from '../errors/espalier-error.js';
import type { RunEndStatus, RunOrigin, ToolOutcome } from '../events/event.js';
import type { ChainReport } from '../journal/chain-report.js';
import type { FinishReason, Usage } from '../model/chat-model.js';
import type { Amounts } from '../policies/budget-ledger.js';
import type { RunUsage } from '../runtime/run-outcome.js';
import type { Json } from '../schema/json.js';

export interface AuditOptions {
  /** Shows sensitive data as it is. @default false: it is masked, as in events */
  readonly reveal?: boolean;
}

/** What the journal knows of a run, in order: plain data. */
export interface RunAudit {
  readonly runId: string;
  /**
   * Whether the records are as they were written; nothing where the store keeps no chain, and so cannot tell. What is named
   * here is left out of all that follows.
   */
  readonly chain?: ChainReport;
  /** What runs: the version that it began with, and those that it went on under. */
  readonly workflow: { readonly name: string; readonly version: number; readonly fingerprint?: string };
  readonly migrations: readonly AuditedMigration[];
  /** How it ended; nothing where it has not. */
  readonly status?: RunEndStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Who started it, as `start` was told. */
  readonly identity?: Json;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: SerializedError;
  readonly thread?: string;
  /** The node that called it, for a child run. */
  readonly parent?: { readonly runId: string; readonly node: string };
  /** The run that it was forked from. */
  readonly fork?: RunOrigin;
  /** The processes that held it, one after another. */
  readonly holders: readonly AuditedHolder[];
  /** What was asked of people and other systems, and what they said. */
  readonly questions: readonly AuditedQuestion[];
  readonly modelCalls: readonly AuditedModelCall[];
  readonly toolCalls: readonly AuditedToolCall[];
  /** Results of `ctx.step`. */
  readonly steps: readonly AuditedStep[];
  readonly children: readonly AuditedChild[];
  /** Attempts and nodes that failed, and what came of it. */
  readonly failures: readonly AuditedFailure[];
  readonly spent: AuditedSpending;
  /** All of it to read. */
  toString(): string;
}

/** Where in a run something is. */
export interface AuditedPlace {
  /** The first record of it. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Node path. */
  readonly node: string;
  readonly attempt: number;
}

export interface AuditedHolder {
  readonly seq: number;
  readonly time: number;
  readonly owner: string;
  /** The process before did not give the run back: its lease was over. */
  readonly expired?: true;
}

export interface AuditedMigration {
  readonly seq: number;
  readonly time: number;
  readonly version: number;
  readonly fingerprint: string;
}

/** A tool call that waited for approval, or a `ctx.waitFor`. */
export interface AuditedQuestion extends AuditedPlace {
  readonly kind: 'approval' | 'signal';
  /** What it is answered by. */
  readonly signal: string;
  /** What was asked: of an approval, the tool and its arguments. */
  readonly request?: Json;
  /** When nobody is waited for any more, in milliseconds since the Unix epoch. */
  readonly until?: number;
  /** Nothing where it is still open, or where its run ended before it was answered. */
  readonly answer?: AuditedAnswer;
}

export interface AuditedAnswer {
  readonly seq: number;
  readonly time: number;
  /** Who answered, as `signal` was told. */
  readonly by?: Json;
  readonly value?: Json;
  /** That nobody answered in time. */
  readonly error?: SerializedError;
}

export interface AuditedModelCall extends AuditedPlace {
  readonly step: string;
  /** How often it was begun: more than once where a process stopped before its answer was on record. */
  readonly begun: number;
  /** The model that was asked. */
  readonly model: string;
  /** How many messages it was sent, and the last text that was no answer of its own, cut at 2,000 characters. */
  readonly prompt: { readonly messages: number; readonly last: string };
  /** What it said; nothing where its answer is not on record. */
  readonly answer?: AuditedModelAnswer;
  readonly error?: SerializedError;
  readonly usage?: Usage;
  /** How long it took, in milliseconds. */
  readonly duration?: number;
}

export interface AuditedModelAnswer {
  /** The model that answered, as its provider names it. */
  readonly model: string;
  readonly text: string;
  readonly toolCalls: readonly { readonly tool: string; readonly callId: string; readonly arguments: string }[];
  readonly finishReason: FinishReason;
  readonly requestId?: string;
}

export interface AuditedToolCall extends AuditedPlace {
  /** How often it was begun: more than once where a process stopped before its result was on record. */
  readonly begun: number;
  readonly tool: string;
  readonly callId: string;
  /** As the model wrote them. */
  readonly arguments: string;
  /** What a person said of it, where it needed approval. */
  readonly approval?: AuditedQuestion;
  /** What the model was told; nothing where that is not on record: it may or may not have run. */
  readonly outcome?: ToolOutcome;
  readonly error?: SerializedError;
  readonly duration?: number;
}

export interface AuditedStep extends AuditedPlace {
  readonly name: string;
  readonly value?: Json;
  /** Of a step that failed. */
  readonly error?: SerializedError;
}

export interface AuditedChild extends AuditedPlace {
  /** To be audited by itself. */
  readonly runId: string;
  readonly output?: Json;
  readonly error?: SerializedError;
  readonly spent: Amounts;
}

export interface AuditedFailure extends AuditedPlace {
  /** What came of it: another attempt, another agent in its place, or nothing. */
  readonly kind: 'retry' | 'fallback' | 'failed';
  readonly error: SerializedError;
  /** The agent that took its place. */
  readonly fallback?: string;
}

export interface AuditedSpending {
  /** With that of its child runs. */
  readonly total: Amounts;
  /** Of the run itself. */
  readonly own: RunUsage;
  /** By the path of the node that made the calls, those for vectors of texts included. */
  readonly nodes: Readonly<Record<string, RunUsage>>;
  readonly models: Readonly<Record<string, RunUsage>>;
}
