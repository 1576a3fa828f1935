import { type Json, type LoweredSchema, type ProviderData, restoreJson } from '@espalier/core';

/** What goes back to the server as it came, with the part that it came with. */
export interface OpenAIData {
  /** An item of the Responses API that has no part of its own, whole: reasoning, and what OpenAI's own tools did. */
  readonly item?: { readonly [key: string]: Json };
  /** Id of the item that the part came in. */
  readonly id?: string;
  /** Whether a text was on the way or the final answer. */
  readonly phase?: string;
  /** The text is the model's refusal. */
  readonly refusal?: boolean;
  /** Text or arguments as the model wrote them, where the program sees another shape of them. */
  readonly written?: string;
  /** The field of a chat message that reasoning came in. */
  readonly field?: string;
  /** OpenRouter's: the parts of reasoning, some of them sealed. */
  readonly details?: readonly Json[];
}

/** As the port carries it; nothing where there is nothing to carry. */
export function providerData(name: string, data: OpenAIData): { readonly provider?: ProviderData } {
  let kept: Record<string, Json> | undefined;
  for (const key in data) {
    const value = data[key as keyof OpenAIData];
    if (value === undefined || value === null || value === false) continue;
    kept ??= {};
    kept[key] = value as Json;
  }
  return kept === undefined ? nothing : { provider: { [name]: kept } };
}

const nothing = Object.freeze({});

/** What this provider has put on a part; nothing on parts of others. */
export function dataOf(name: string, { provider }: { readonly provider?: ProviderData }): OpenAIData {
  const data = provider !== undefined && Object.hasOwn(provider, name) ? provider[name] : undefined;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as OpenAIData) : nothing;
}

/** Text in the program's shape, and as it was written where the two differ. */
export function restored(text: string, lowered: LoweredSchema | undefined): readonly [text: string, written?: string] {
  const program = lowered === undefined ? text : restoreJson(text, lowered);
  return program === text ? [text] : [program, text];
}
