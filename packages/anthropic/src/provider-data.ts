import type { Json, ProviderData } from '@espalier/core';

/** The adapter's name in `part.provider` and in `settings.providers`. */
export const PROVIDER = 'anthropic';

/** What goes back to Anthropic as it came, with the part that it came with. */
export interface AnthropicData {
  /** Of a thinking block: proves that Claude wrote it. */
  readonly signature?: string;
  /** Of a thinking block: stands for all that it was written after, where the model asks for that unchanged. */
  readonly after?: string;
  /** The encrypted content of a redacted thinking block. */
  readonly redacted?: string;
  /** Text or arguments as the model wrote them, where the program sees another shape of them. */
  readonly written?: string;
  /** A block that the port has no part for, whole: the provider's own tools and their results, cited text. */
  readonly block?: { readonly [key: string]: Json };
}

/** As the port carries it. */
export const providerData = (data: AnthropicData): { readonly provider: ProviderData } => ({
  provider: { [PROVIDER]: data as { readonly [key: string]: Json } },
});

/** What Anthropic has put on a part; nothing on parts of other providers. */
export function anthropicData({ provider }: { readonly provider?: ProviderData }): AnthropicData {
  const data = provider?.[PROVIDER];
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as AnthropicData) : {};
}
