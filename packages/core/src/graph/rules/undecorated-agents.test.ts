import { Agent, type AgentClass, asTool, DependsOn } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

class Plain {
  run(): string {
    return '';
  }
}

describe('an agent without @Agent()', () => {
  it('is told of with the agent that depends on it, and where that stands', () => {
    @Agent()
    @DependsOn(Plain)
    class Writer {}
    const [fault, ...others] = prove(Writer);
    expect(others).toEqual([]);
    expect(fault?.code).toBe('agent-undecorated');
    expect(fault?.where).toEqual({ class: 'Plain' });
    expect(fault?.message).toMatch(
      /^Class Plain, which Writer \(\/.*undecorated-agents\.test\.ts:\d+:\d+\) depends on, has no @Agent\(\)\.$/,
    );
    expect(fault?.hint).toBe("Write @Agent() above class Plain; an agent's subclass needs its own.");
  });

  it('is told of when it runs inside another', () => {
    @Agent({ instructions: 'You write.', tools: [asTool(Plain)] })
    class Writer {}
    expect(prove(Writer).map(({ message }) => message.replace(/ \(.*?\d\)/, ' (file)'))).toEqual([
      'Class Plain, which runs inside Writer (file), has no @Agent().',
    ]);
  });

  it('is told of when it is the output', () => {
    expect(told(prove(Plain))).toEqual([
      [
        'agent-undecorated',
        'Plain',
        "Class Plain, the output of workflow 'test', has no @Agent().",
        "Write @Agent() above class Plain; an agent's subclass needs its own.",
      ],
    ]);
  });

  it('may have no name', () => {
    const nameless = (): AgentClass => class {};
    expect(prove(nameless())).toMatchObject([
      {
        message: "Class without a name, the output of workflow 'test', has no @Agent().",
        hint: "Write @Agent() above it; an agent's subclass needs its own.",
      },
      { code: 'option-invalid' },
    ]);
  });

  it('may be a subclass of one that has it', () => {
    @Agent()
    class Writer {
      run(): string {
        return '';
      }
    }
    class Poet extends Writer {}
    expect(told(prove(Poet)).map(([code, name]) => [code, name])).toEqual([['agent-undecorated', 'Poet']]);
    expect(prove(Writer)).toEqual([]);
  });
});
