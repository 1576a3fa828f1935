import { Agent, type AgentClass, asTool, Fallback, Handoff } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

const missing = undefined as unknown as AgentClass;
const hint = 'Pass the class itself. If it is imported, two files may import each other: move one of the classes.';

describe('what runs inside an agent', () => {
  it.each<[string, () => AgentClass]>([
    [
      'asTool(…)',
      () => {
        @Agent({ instructions: 'You write.', tools: [asTool(missing)] })
        class Writer {}
        return Writer;
      },
    ],
    [
      '@Fallback(…)',
      () => {
        @Agent()
        @Fallback(missing as never)
        class Writer {
          run(): string {
            return '';
          }
        }
        return Writer;
      },
    ],
    [
      '@Handoff(…)',
      () => {
        @Agent({ instructions: 'You write.' })
        @Handoff(missing, { max: 1 })
        class Writer {}
        return Writer;
      },
    ],
  ])('is a class: %s', (written, make) => {
    expect(told(prove(make()))).toEqual([
      ['agent-unknown', 'Writer', `${written} of Writer: expected an agent class, got undefined.`, hint],
    ]);
  });

  it('is at least one agent, for a hand-off', () => {
    class Writer {}
    (Handoff as unknown as (options: unknown) => (target: AgentClass) => void)({ max: 1 })(Writer);
    Agent({ instructions: 'You write.' })(Writer);
    expect(told(prove(Writer))).toEqual([
      [
        'agent-unknown',
        'Writer',
        '@Handoff of Writer names no agent: expected one or more classes, then { max }.',
        'Write @Handoff(Billing, { max: 3 }) above class Writer.',
      ],
    ]);
  });
});
