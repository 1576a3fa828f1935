import { describe, expect, it } from '@jest/globals';
import { bareNode, everyEdgePlan, planOf } from '../../test/plans.js';
import { toMermaid } from './mermaid.js';

describe('toMermaid', () => {
  it('draws every kind of node and edge of a plan', () => {
    expect(toMermaid(everyEdgePlan)).toBe(`flowchart TD
  accTitle: every-edge, version 3
  n0["planner"]
  n1["router"]
  n2["section<br/>at most 9 items"]
  n3(["editor<br/>model, at most 4 times"])
  n4(["writer<br/>model, output"])
  n5["spare"]
  n6(["billing<br/>model"])
  n7(["researcher<br/>model"])
  n0 -->|"for each"| n2
  n0 --> n3
  n2 -->|"each"| n3
  n3 -->|"first of"| n4
  n0 -->|"first of"| n4
  n1 -.->|"optional"| n4
  n1 -->|"when"| n4
  n4 -.->|"fallback"| n5
  n4 -.->|"handoff"| n6
  n4 -.->|"tool"| n7
  linkStyle 7,8,9 stroke-dasharray:8 4
  classDef output stroke-width:3px
  class n4 output
`);
  });

  it("writes each node's status, in words and by class, and how many items a fan-out had", () => {
    const outcome = {
      nodes: () => ({
        planner: { status: 'completed', output: ['not', 'items'] },
        router: { status: 'failed' },
        section: { status: 'completed', output: ['a'] },
        editor: { status: 'skipped' },
        writer: { status: 'suspended' },
      }),
    };
    const text = toMermaid(everyEdgePlan, outcome);
    expect(text.split('\n').filter((line) => /^ {2}n\d+[[(]/.test(line))).toEqual([
      '  n0["planner<br/>✓ completed"]',
      '  n1["router<br/>✗ failed"]',
      '  n2["section<br/>at most 9 items<br/>✓ completed, 1 item"]',
      '  n3(["editor<br/>model, at most 4 times<br/>– skipped"])',
      '  n4(["writer<br/>model, output<br/>‖ suspended"])',
      '  n5["spare"]',
      '  n6(["billing<br/>model"])',
      '  n7(["researcher<br/>model"])',
    ]);
    expect(text.split('\n').filter((line) => /^ {2}class/.test(line))).toEqual([
      '  classDef completed fill:#dcf3e2,stroke:#1d7a3a,color:#1a1a1a',
      '  class n0,n2 completed',
      '  classDef failed fill:#fbdcdc,stroke:#b3261e,color:#1a1a1a',
      '  class n1 failed',
      '  classDef skipped fill:#eeeeee,stroke:#8a8a8a,color:#1a1a1a',
      '  class n3 skipped',
      '  classDef suspended fill:#fdf3c8,stroke:#8a6d00,color:#1a1a1a',
      '  class n4 suspended',
      '  classDef output stroke-width:3px',
      '  class n4 output',
    ]);
  });

  it.each([
    ['end', 'end'],
    ['fact-checker_2.5', 'fact-checker_2.5'],
    ['say "hi"', 'say #34;hi#34;'],
    ['a[b](c){d}', 'a#91;b#93;#40;c#41;#123;d#125;'],
    ['a & b <i>c</i>', 'a #38; b #60;i#62;c#60;#47;i#62;'],
    ['#35;', '#35;35#59;'],
    ['`code` *bold* _it_', '#96;code#96; #42;bold#42; #95;it#95;'],
    ['1. first', '1#46; first'],
    ['- item', '#45; item'],
    ['%%{init}%%', '#37;#37;#123;init#125;#37;#37;'],
    ['réviseur 编辑 محرر', 'réviseur 编辑 محرر'],
    ['👩‍🚀', '#128105;#8205;#128640;'],
    ['two\r\nlines\u2028three', 'two<br/>lines<br/>three'],
    ['nul\u0000 half\ud800', 'nul#65533; half#65533;'],
  ])('writes the name %j so that no reader of labels takes it for syntax', (name, label) => {
    expect(toMermaid(planOf([bareNode(name)]))).toContain(`\n  n0["${label}"]\n`);
  });

  it('shows a status that it does not know as it is', () => {
    const text = toMermaid(planOf([bareNode('a')]), { nodes: () => ({ a: { status: 'toString' } }) });
    expect(text).toBe('flowchart TD\n  accTitle: test, version 1\n  n0["a<br/>toString"]\n');
  });
});
