import type { ChatSettings } from '@espalier/core';
import type { ModelSetup } from './options.js';

/** What the Responses API does not have. */
const unknown = ['seed', 'stop'] as const;

/** Tells, once for each setting of a model, that it is left out: a warning of the process. */
export function tellUnknownSettings({ api, fullName }: ModelSetup): (settings: ChatSettings | undefined) => void {
  const told = new Set<string>();
  return (settings) => {
    if (settings === undefined || api === 'chat') return;
    for (const name of unknown) {
      if (settings[name] === undefined || told.has(name)) continue;
      told.add(name);
      const message = `Model '${fullName}' knows no ${name} in the Responses API: it is left out. Chat Completions know it: openai(…, { api: 'chat' }).`;
      process.emitWarning(message, 'EspalierWarning');
    }
  };
}
