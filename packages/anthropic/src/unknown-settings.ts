import type { ChatSettings } from '@espalier/core';

/** What Anthropic's API does not have: it refuses the first two since its version 2026-10-21, and never had a seed. */
const unknown = ['temperature', 'topP', 'seed'] as const;

/** Tells, once for each setting of a model, that it is left out: a warning of the process. */
export function tellUnknownSettings(model: string): (settings: ChatSettings | undefined) => void {
  const told = new Set<string>();
  return (settings) => {
    if (settings === undefined) return;
    for (const name of unknown) {
      if (settings[name] === undefined || told.has(name)) continue;
      told.add(name);
      process.emitWarning(`Model '${model}' knows no ${name}: it is left out of the request.`, 'EspalierWarning');
    }
  };
}
