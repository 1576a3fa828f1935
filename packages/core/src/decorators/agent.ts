import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { resolvedUse } from '../memory/agent-memory.js';
import { type AgentOptions, agentKey } from '../metadata/agent-metadata.js';
import { sourceLocation } from '../metadata/source-location.js';
import { writeOnce } from './write-once.js';

/**
 * Declares a class as an agent: a node wherever a workflow reaches it.
 *
 * An agent with `run` is code that may call the model through its context; an agent without `run` is a plain model
 * agent: its inputs become named sections of one prompt, and its output is the model's text.
 *
 * @example
 * \@Agent({ instructions: 'You write for busy readers.' })
 * \@DependsOn(Researcher)
 * class Writer {
 *   run(findings: Findings, ctx: RunContext) {
 *     return ctx.generate(Report, prompt`Write from ${findings}`);
 *   }
 * }
 */
export function Agent(options: AgentOptions = {}): ClassDecorator {
  const location = sourceLocation();
  return (target) => {
    if (options.tools !== undefined && !Array.isArray(options.tools)) throw noList(target.name, options.tools);
    checkMemory(target.name, options.memory);
    writeOnce(agentKey, target, { options: Object.freeze({ ...options }), location }, '@Agent');
  };
}

/** @throws option-invalid unless each is a memory or notes, or a use of some */
function checkMemory(className: string, memory: AgentOptions['memory']): void {
  if (memory === undefined) return;
  if (!Array.isArray(memory)) throw noList(className, memory, 'memory');
  for (const use of memory) {
    try {
      resolvedUse(use);
    } catch (error) {
      const { message, hint } = error as EspalierError;
      const where = { class: className };
      throw new EspalierError('option-invalid', `@Agent({ memory }) on ${className}: ${message}`, { hint, where });
    }
  }
}

function noList(className: string, tools: unknown, option = 'tools'): EspalierError {
  const name = typeof tools === 'function' ? tools.name : '…';
  return new EspalierError(
    'option-invalid',
    `@Agent({ ${option} }) on ${className}: expected a list, got ${describeValue(tools)}.`,
    { hint: `Write @Agent({ ${option}: [${name}] }).`, where: { class: className } },
  );
}
