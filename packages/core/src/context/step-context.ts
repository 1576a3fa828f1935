import type { Attempt } from '../execution/attempt.js';
import type { MemorySession } from '../memory/memory-session.js';
import type { StepContext } from './run-context.js';

/** What one `ctx.step` gets while it is performed. Its memories have names of their own: those outside do not shift with them. */
export function stepContext(attempt: Attempt, step: string, idempotencyKey: string): StepContext {
  let made: MemorySession | undefined;
  const memories = (): MemorySession => {
    attempt.assertOpen();
    made ??= attempt.memories(`${step}/`);
    return made;
  };
  return {
    idempotencyKey,
    signal: attempt.signal,
    memory: (memory) => memories().memory(memory),
    notes: (notes) => memories().notes(notes),
  };
}
