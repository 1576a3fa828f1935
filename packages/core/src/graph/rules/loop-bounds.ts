import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** Every loop has a bound, and every bound is a whole number. */
export function loopBounds({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { forEach, repeat, handoff, calls, options } = definition;
    if (saysNothing(definition)) continue;
    const check = (bound: Bound): void => {
      const fault = checkBound(definition, bound);
      if (fault !== undefined) faults.push(fault);
    };
    if (forEach !== undefined) {
      const source = forEach.source?.name ?? '…';
      check({
        option: '`max` of @ForEach',
        value: forEach.max,
        code: `@ForEach(${source}, { items, max: 100 })`,
        required: true,
      });
      check({
        option: '`concurrency` of @ForEach',
        value: forEach.concurrency,
        code: `@ForEach(${source}, { items, max: 100, concurrency: 4 })`,
      });
    }
    if (repeat !== undefined)
      check({ option: '`max` of @Repeat', value: repeat.max, code: '@Repeat({ until, max: 4 })', required: true });
    if (handoff !== undefined) {
      const targets = handoff.targets.map((target) => target?.name ?? '…').join(', ');
      check({
        option: '`max` of @Handoff',
        value: handoff.max,
        code: `@Handoff(${targets || '…'}, { max: 3 })`,
        required: true,
      });
    }
    for (const { workflow, max } of calls) {
      const name = workflow?.name ?? '…';
      check({
        option: `\`max\` of @Calls of workflow '${name}'`,
        value: max,
        code: '@Calls(workflow, { max: 10 })',
        required: true,
      });
    }
    check({ option: '`maxTurns` of @Agent', value: options.maxTurns, code: '@Agent({ maxTurns: 8 })' });
    check({ option: '`maxModelCalls` of @Agent', value: options.maxModelCalls, code: '@Agent({ maxModelCalls: 16 })' });
    check({ option: '`maxToolCalls` of @Agent', value: options.maxToolCalls, code: '@Agent({ maxToolCalls: 32 })' });
    check({
      option: '`corrections` of @Agent',
      value: options.corrections,
      code: '@Agent({ corrections: 2 })',
      least: 0,
    });
  }
  return faults;
}

/** Most agents of a large graph. */
const saysNothing = ({ forEach, repeat, handoff, calls, options }: AgentDefinition): boolean =>
  forEach === undefined &&
  repeat === undefined &&
  handoff === undefined &&
  calls.length === 0 &&
  options.maxTurns === undefined &&
  options.maxModelCalls === undefined &&
  options.maxToolCalls === undefined &&
  options.corrections === undefined;

interface Bound {
  readonly option: string;
  readonly value: unknown;
  /** What to write. */
  readonly code: string;
  readonly required?: boolean;
  readonly least?: number;
}

function checkBound(
  definition: AgentDefinition,
  { option, value, code, required = false, least = 1 }: Bound,
): Fault | undefined {
  if (value === undefined && !required) return undefined;
  if (Number.isInteger(value) && (value as number) >= least) return undefined;
  const missing = value === undefined || value === null || value === Number.POSITIVE_INFINITY;
  return faultOf(definition, missing ? 'bound-missing' : 'option-invalid', {
    message: `${option} of ${definition.className}: expected a whole number from ${least}, got ${describeValue(value)}.`,
    hint: `Write ${code}.`,
  });
}
