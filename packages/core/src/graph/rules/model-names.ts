import type { Fault } from '../../errors/graph-error.js';
import { agentDefaults } from '../../metadata/agent-defaults.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** Every agent that may call a model names one that is registered. */
export function modelNames({ graph, models }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className, options, usesModel, hasRun } = definition;
    const name = options.model ?? agentDefaults.model;
    if (!usesModel || models.has(name)) continue;
    const asks = options.model === undefined ? "the default model, 'default'" : `the model '${name}'`;
    const registered =
      models.size === 0
        ? 'no model is'
        : `${[...models]
            .sort()
            .map((model) => `'${model}'`)
            .join(', ')} ${models.size === 1 ? 'is' : 'are'}`;
    const declared = hasRun || options.instructions !== undefined || options.model !== undefined;
    const code = declared ? '' : `, or a method run() in class ${className}, if it is code`;
    const [other] = [...models].sort();
    faults.push(
      faultOf(definition, 'model-unknown', {
        message: `${className} uses ${asks}, but ${registered} registered.`,
        hint: `Write createEspalier({ models: { ${/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`}: … } })${other === undefined ? '' : `, or @Agent({ model: '${other}' }) above class ${className}`}${code}.`,
      }),
    );
  }
  return faults;
}
