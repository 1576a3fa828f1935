import { Agent, type AgentClass, DependsOn, Fallback } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Researcher {
  run(): string {
    return '';
  }
}

@Agent()
class Spare {
  run(): string {
    return '';
  }
}

@Agent()
@DependsOn(Researcher)
@Fallback(Spare)
class Writer {
  run(): string {
    return '';
  }
}

@Agent()
class Forgotten {}

describe('an agent that is registered', () => {
  it('is fine where a workflow reaches it, also inside another', () => {
    expect(prove(Writer, { agents: [Researcher, Spare, Writer] })).toEqual([]);
  });

  it('is a fault where none does', () => {
    expect(told(prove(Writer, { agents: [Writer, Forgotten] }))).toEqual([
      [
        'agent-unreachable',
        'Forgotten',
        "Forgotten is registered, but no workflow reaches it ('test').",
        'Write @DependsOn(Forgotten) above an agent that a workflow reaches, or remove it from `agents`.',
      ],
    ]);
  });

  it('is a fault where it is no class', () => {
    const agents = [undefined, () => Writer] as unknown as AgentClass[];
    const hint = 'Pass the class itself. If it is imported, two files may import each other: move one of the classes.';
    expect(told(prove(Writer, { agents }))).toEqual([
      ['agent-unknown', '', '`agents` of createEspalier: expected an agent class, got a function (function).', hint],
      ['agent-unknown', '', '`agents` of createEspalier: expected an agent class, got undefined.', hint],
    ]);
  });
});
