import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** What control flow asks are functions; the compiler checks it, plain JavaScript does not. */
export function predicates({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className, conditions, forEach, repeat } = definition;
    const check = (what: string, value: unknown, code: string): void => {
      if (typeof value === 'function') return;
      const message = `${what} of ${className}: expected a function, got ${describeValue(value)}.`;
      faults.push(faultOf(definition, 'option-invalid', { message, hint: `Write ${code}.` }));
    };
    for (const { source, predicate } of conditions) {
      const name = source?.name ?? '…';
      check(`The condition in @When(${name}, …)`, predicate, `@When(${name}, (output) => output === 'billing')`);
    }
    if (forEach !== undefined) {
      const name = forEach.source?.name ?? '…';
      check('`items` of @ForEach', forEach.items, `@ForEach(${name}, { items: (output) => output.parts, max: 100 })`);
    }
    if (repeat !== undefined) {
      check('`until` of @Repeat', repeat.until, '@Repeat({ until: (output) => output.score >= 8, max: 4 })');
      if (repeat.otherwise !== 'fail' && repeat.otherwise !== 'keep-last') {
        faults.push(
          faultOf(definition, 'option-invalid', {
            message: `\`otherwise\` of @Repeat of ${className}: expected 'fail' or 'keep-last', got ${describeValue(repeat.otherwise)}.`,
            hint: `Write @Repeat({ until, max: 4, otherwise: 'keep-last' }).`,
          }),
        );
      }
    }
  }
  return faults;
}
