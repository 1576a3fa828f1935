import type { ChatModel } from '@espalier/core';
import type { ScriptedProvider } from './scripted-provider.js';

/** `describe` of jest, vitest or node:test. */
export type DescribeFunction = (name: string, body: () => void) => unknown;

/** `it` of jest, vitest or node:test. */
export interface ItFunction {
  /** @param timeout in milliseconds; node:test does not look at it and has none */
  (name: string, body: () => Promise<void>, timeout?: number): unknown;
  readonly skip: (name: string, body: () => Promise<void>) => unknown;
}

/** Tests that an implementation can't pass, and why. */
export interface SkippedTests {
  /** Names of tests, or a pattern of them. One that fits no test is an error: it is out of date. */
  readonly tests: RegExp | readonly string[];
  readonly reason: string;
}

interface CommonOptions {
  /** Of the model, for the report: `openai (Responses)`. */
  readonly name: string;
  readonly skip?: readonly SkippedTests[];
  /** Texts that no error may hold, such as the key that `create` gives the model. */
  readonly secrets?: readonly string[];
  /** @default the global one */
  readonly describe?: DescribeFunction;
  /** @default the global one */
  readonly it?: ItFunction;
  /** Milliseconds after which a test that waits for the model gives up. @default 5000 */
  readonly patience?: number;
}

/** A model whose provider can be scripted: the whole suite. */
export interface ScriptedConformanceOptions<Provider extends ScriptedProvider> extends CommonOptions {
  /** Starts the provider of one test. */
  readonly provider: () => Provider | Promise<Provider>;
  /** The model, made to ask this provider and no other. */
  readonly create: (provider: Provider) => ChatModel | Promise<ChatModel>;
}

/** A model without a provider, such as one that computes its answers: the part of the suite that needs no script. */
export interface UnscriptedConformanceOptions extends CommonOptions {
  readonly provider?: undefined;
  readonly create: () => ChatModel | Promise<ChatModel>;
}

/** @since 0.1.0 */
export type ChatModelConformanceOptions<Provider extends ScriptedProvider = ScriptedProvider> =
  | ScriptedConformanceOptions<Provider>
  | UnscriptedConformanceOptions;
