import type { ChatRequest, ChatResponse } from '@espalier/core';
import type { ScriptedProvider } from './scripted-provider.js';
import type { Asking, Subject } from './subject.js';

/** Which of the port's two methods a test calls. */
export type Mode = 'generate' | 'stream';

/** What a test has at hand. */
export interface CaseContext extends Subject {
  readonly provider: ScriptedProvider;
  readonly mode: Mode;
  /** Asks the model in this mode, and checks what holds for every answer. */
  ask(request: ChatRequest, asking?: Asking): Promise<ChatResponse>;
  /** Asks the model, which must fail; checks what holds for every error. */
  fail(request: ChatRequest, asking?: Asking): Promise<ModelFailure>;
}

/** What the runtime reads of an error. */
export interface ModelFailure {
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a test has at hand that any model can take: there may be no provider. */
export interface UnscriptedContext extends Omit<CaseContext, 'provider'> {
  readonly provider: ScriptedProvider | undefined;
}

interface Common {
  /** What holds, as a sentence without its subject: `sends the definitions of tools`. */
  readonly name: string;
  /** @default both */
  readonly modes?: readonly Mode[];
}

/** One test of the suite. */
export type ConformanceCase =
  | (Common & { readonly scripted: true; readonly run: (context: CaseContext) => Promise<void> })
  | (Common & { readonly scripted: false; readonly run: (context: UnscriptedContext) => Promise<void> });

/** Tests that belong together. */
export interface ConformanceGroup {
  readonly name: string;
  readonly cases: readonly ConformanceCase[];
}

/** A test that needs the provider's script. */
export const scripted = (
  name: string,
  run: (context: CaseContext) => Promise<void>,
  modes?: readonly Mode[],
): ConformanceCase => ({ name, run, scripted: true, ...(modes === undefined ? {} : { modes }) });

/** A test that any model can take. */
export const unscripted = (
  name: string,
  run: (context: UnscriptedContext) => Promise<void>,
  modes?: readonly Mode[],
): ConformanceCase => ({ name, run, scripted: false, ...(modes === undefined ? {} : { modes }) });
