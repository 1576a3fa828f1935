import { EspalierError } from '../errors/espalier-error.js';
import type { AgentGeneration, CompiledAgent } from './compiled-agent.js';

/** @throws model-not-declared for a plain code agent */
export function generationOf({ generation, definition }: CompiledAgent): AgentGeneration {
  if (generation !== undefined) return generation;
  throw new EspalierError(
    'model-not-declared',
    `${definition.className} calls the model, but its @Agent() declares none.`,
    {
      hint: `Write @Agent({ model: 'default' }) on ${definition.className}, so that its calls are bounded.`,
      where: { class: definition.className },
    },
  );
}
