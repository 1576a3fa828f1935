import { redactSecrets } from '../errors/redact-secrets.js';
import type { ToolOutcome } from '../events/event.js';

/** The most characters of a failure's message that a model gets. */
const MAX_MESSAGE = 4096;

/** What the model is told of a tool's result: text as it is, all else as JSON, cut at its bound. */
export function outputOf(value: unknown, maxOutput: number): ToolOutcome {
  return { content: cut(typeof value === 'string' ? value : JSON.stringify(value ?? null), maxOutput), failed: false };
}

/** What the model is told of a call that did not work: what, and what to do about it. */
export const failed = (content: string): ToolOutcome => ({ content: cut(content, MAX_MESSAGE), failed: true });

/** What the model is told of a tool that threw: its message, without a stack and without keys. */
export function threw(tool: string, error: unknown): ToolOutcome {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  const text = typeof message === 'string' ? message : textOf(error);
  return failed(redactSecrets(`'${tool}' failed: ${text}`));
}

const textOf = (error: unknown): string =>
  typeof error === 'object' || typeof error === 'function' ? 'it gave no reason' : String(error);

/**
 * The beginning of a text that is too long, and how much is missing. No character is cut in half. The `…` tells whoever
 * masks sensitive values that one may be cut.
 */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}…\n[Cut: the first ${end} of ${text.length} characters.]`;
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
