import type { ReasoningPart, TextPart } from '@espalier/core';
import { carriedBy, carry } from './provider-data.js';
import type { AssistantPart, Origin } from './to-parts.js';

/**
 * An answer that has to be JSON, without the texts before it: some models write a draft first. A draft is kept as a
 * thought, and goes back to the provider as the text that it was.
 * @param structured the text that counts, where the provider tells it
 */
export function settleAnswer(
  parts: readonly AssistantPart[],
  { provider: from }: Origin,
  structured?: string,
): readonly AssistantPart[] {
  const texts = parts.filter((part) => part.type === 'text');
  const last = texts.at(-1);
  if (last === undefined || texts.length === 1 || structured === '') return parts;
  const whole = texts.map((part) => part.text).join('');
  const answer = structured ?? (isJson(whole) || !isJson(last.text) ? whole : last.text);
  const kept = lastOf(texts, answer);
  return parts.map((part) => (part.type === 'text' && !kept.has(part) ? toDraft(part, from) : part));
}

/** The last texts that together are the answer; all, where none are. */
function lastOf(texts: readonly TextPart[], answer: string): ReadonlySet<TextPart> {
  const kept = new Set<TextPart>();
  let text = '';
  for (const part of texts.toReversed()) {
    text = part.text + text;
    kept.add(part);
    if (text === answer) return kept;
  }
  return kept;
}

function toDraft({ text, provider }: TextPart, from: string): ReasoningPart {
  const metadata = carriedBy(provider, from)?.metadata;
  const part = { type: 'text', text, ...(metadata === undefined ? {} : { providerOptions: { ...metadata } }) } as const;
  return { type: 'reasoning', text, ...carry({ from, part }) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
