import type {
  LanguageModelV4CustomPart,
  LanguageModelV4ReasoningFilePart,
  LanguageModelV4TextPart,
} from '@ai-sdk/provider';
import type { Json, ProviderData } from '@espalier/core';
import type { ProviderOptions } from './provider-traits.js';

/** The name under which the parts of a conversation, and settings, carry what is only for this package. */
export const KEY = 'ai-sdk';

/** A part of the AI SDK's that our messages have no word for: it goes back to the provider as it came. */
export type OpaquePart = LanguageModelV4CustomPart | LanguageModelV4ReasoningFilePart | LanguageModelV4TextPart;

/** What a part of an answer carries, so that the provider gets it back. */
export interface Carried {
  /** The provider that made the part: what it carries says nothing to another. */
  readonly from: string;
  /** The AI SDK's `providerMetadata`, which goes back as `providerOptions`: a thought's signature, an item's id. */
  readonly metadata?: ProviderOptions;
  readonly part?: OpaquePart;
}

export const carry = (carried: Carried): { readonly provider: ProviderData } => ({
  // Through JSON, since providers leave undefined members in what is to be plain data.
  provider: { [KEY]: JSON.parse(JSON.stringify(carried)) as Json },
});

/** What the part carries of this provider. */
export function carriedBy(provider: ProviderData | undefined, from: string): Carried | undefined {
  const carried = provider?.[KEY] as Partial<Carried> | null | undefined;
  return carried?.from === from ? (carried as Carried) : undefined;
}
