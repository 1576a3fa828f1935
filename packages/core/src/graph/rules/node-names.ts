import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** Names are parts of node paths such as `section[3]`, `editor@2` and `billing/refunds`: what divides those is not free. */
const pathSafe = /^[^/[\]@#\s\p{Cc}]+$/u;

/** Every node of a graph has a name that can stand in a path, and no two have the same. */
export function nodeNames({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  const byName = new Map<string, AgentDefinition>();
  for (const definition of definitionsOf(graph)) {
    const { name, className } = definition;
    if (typeof name !== 'string' || !pathSafe.test(name)) {
      faults.push(
        faultOf(definition, 'option-invalid', {
          message: `Node name of ${className || 'a class without a name'}: expected one without '/', '[', ']', '@', '#' and spaces, got ${describeValue(name)}.`,
          hint: `Write @Agent({ name: '${suggestion(name, className)}' }).`,
        }),
      );
      continue;
    }
    const other = byName.get(name);
    if (other === undefined) {
      byName.set(name, definition);
      continue;
    }
    faults.push(
      faultOf(definition, 'node-name-duplicate', {
        message: `${placed(other)} and ${placed(definition)} are both named '${name}' in workflow '${graph.workflow.name}'.`,
        hint: `Write @Agent({ name: '${name}-2' }) above one of them.`,
      }),
    );
  }
  return faults;
}

const placed = ({ className, file }: AgentDefinition): string =>
  file === undefined ? className : `${className} (${file})`;

function suggestion(name: unknown, className: string): string {
  const from = typeof name === 'string' && /\w/.test(name) ? name : className;
  return (
    from
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase() || 'writer'
  );
}
