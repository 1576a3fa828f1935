import { Agent, type AgentClass, DependsOn, Fallback } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove } from '../../../test/prove.js';

describe('node names', () => {
  it.each([
    ['billing/refunds', 'billing-refunds'],
    ['section[3]', 'section-3'],
    ['editor@2', 'editor-2'],
    ['a b', 'a-b'],
    ['tab\tand\u0000nul', 'tab-and-nul'],
    ['', 'writer'],
    ['###', 'writer'],
  ])('refuse %j, which could not stand in a path, and suggest another', (name, better) => {
    @Agent({ name })
    class Writer {}
    expect(prove(Writer)).toMatchObject([
      {
        code: 'option-invalid',
        where: { class: 'Writer' },
        message: `Node name of Writer: expected one without '/', '[', ']', '@', '#' and spaces, got ${JSON.stringify(name)} (string).`,
        hint: `Write @Agent({ name: '${better}' }).`,
      },
    ]);
  });

  it.each(['écrivain', '编辑', '👩‍🚀', 'end', '"quoted"', 'a.b_c-d', '__proto__'])('take %j', (name) => {
    @Agent({ name })
    class Writer {}
    expect(prove(Writer)).toEqual([]);
  });

  it('are asked of a class that has none', () => {
    const nameless = (): AgentClass => class {};
    const Nameless = nameless();
    Agent()(Nameless);
    expect(prove(Nameless)).toMatchObject([
      {
        message:
          "Node name of a class without a name: expected one without '/', '[', ']', '@', '#' and spaces, got \"\" (string).",
        hint: "Write @Agent({ name: 'writer' }).",
      },
    ]);
  });

  it('are different for each agent of a workflow, also for what runs inside others', () => {
    @Agent({ name: 'writer' })
    class First {
      run(): string {
        return '';
      }
    }
    @Agent({ name: 'writer' })
    class Spare {
      run(): string {
        return '';
      }
    }
    @Agent()
    @DependsOn(First)
    @Fallback(Spare)
    class Output {
      run(): string {
        return '';
      }
    }
    const [fault, ...others] = prove(Output);
    expect(others).toEqual([]);
    expect(fault?.code).toBe('node-name-duplicate');
    expect(fault?.message.replaceAll(/ \(.*?\d\)/g, ' (file)')).toBe(
      "First (file) and Spare (file) are both named 'writer' in workflow 'test'.",
    );
    expect(fault?.hint).toBe("Write @Agent({ name: 'writer-2' }) above one of them.");
  });
});
