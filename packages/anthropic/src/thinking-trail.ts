import { createHash } from 'node:crypto';

/**
 * Tells whether what stands before a model's thinking is still the same. The newest models (Claude 5.5, Fable 5.1 and later) refuse a request whose
 * thinking blocks stand behind other instructions, tools or messages than those that they were written after, as happens
 * at a handoff or when a conversation is cut to its end. Such blocks are left out, and with them, as their place has
 * changed, all that were written later.
 * @see https://platform.claude.com/docs/en/build-with-claude/preserved-thinking/prefix-checks
 */
export class ThinkingTrail {
  readonly #hash = createHash('sha256');

  constructor(model: string, instructions: readonly unknown[]) {
    this.pass(model);
    for (const part of instructions) this.pass(part ?? null);
  }

  /** Something that stands before what comes next. */
  pass(part: unknown): void {
    this.#hash.update(JSON.stringify(part)).update('\n');
  }

  /** What stands for all that has passed. */
  get mark(): string {
    return this.#hash.copy().digest('base64url').slice(0, 22);
  }
}
