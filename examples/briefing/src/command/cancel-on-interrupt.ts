import type { Run } from '@espalier/core';

/** Ctrl-C cancels the run and lets it end; the second one ends the process. @returns what stops listening */
export function cancelOnInterrupt(run: Run<unknown>): () => void {
  let asked = false;
  const interrupt = (): void => {
    if (asked) process.exit(130);
    asked = true;
    run.cancel('interrupted');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}
