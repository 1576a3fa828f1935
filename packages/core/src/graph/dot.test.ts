import { describe, expect, it } from '@jest/globals';
import { bareNode, everyEdgePlan, planOf } from '../../test/plans.js';
import { toDot } from './dot.js';

describe('toDot', () => {
  it('draws every kind of node and edge of a plan', () => {
    expect(toDot(everyEdgePlan)).toBe(`digraph "every-edge" {
  label="every-edge, version 3" labelloc=t fontname="Helvetica"
  node [shape=box fontname="Helvetica" margin="0.2,0.1"]
  edge [fontname="Helvetica" fontsize=10]
  n0 [label="planner"]
  n1 [label="router"]
  n2 [label="section\\nat most 9 items"]
  n3 [label="editor\\nmodel, at most 4 times" style="rounded"]
  n4 [label="writer\\nmodel, output" style="rounded" peripheries=2]
  n5 [label="spare"]
  n6 [label="billing\\nmodel" style="rounded"]
  n7 [label="researcher\\nmodel" style="rounded"]
  n0 -> n2 [label=" for each " arrowhead=crow]
  n0 -> n3
  n2 -> n3 [label=" each "]
  n3 -> n4 [label=" first of " arrowhead=empty]
  n0 -> n4 [label=" first of " arrowhead=empty]
  n1 -> n4 [label=" optional " style=dotted]
  n1 -> n4 [label=" when " arrowhead=diamond]
  n4 -> n5 [label=" fallback " style=dashed]
  n4 -> n6 [label=" handoff " style=dashed]
  n4 -> n7 [label=" tool " style=dashed]
}
`);
  });

  it("writes each node's status, in words and by colour, and how many items a fan-out had", () => {
    const outcome = {
      nodes: () => ({
        section: { status: 'completed', output: ['a', 'b'] },
        writer: { status: 'cancelled' },
        router: { status: 'running' },
      }),
    };
    const text = toDot(everyEdgePlan, outcome);
    expect(text.split('\n').filter((line) => /^ {2}n[124] \[/.test(line))).toEqual([
      '  n1 [label="router\\n▶ running" style="filled" fillcolor="#dbe9fb" color="#1a5fb4"]',
      '  n2 [label="section\\nat most 9 items\\n✓ completed, 2 items" style="filled" fillcolor="#dcf3e2" color="#1d7a3a"]',
      '  n4 [label="writer\\nmodel, output\\n■ cancelled" style="rounded,filled" fillcolor="#f6e3cf" color="#9a5b13" peripheries=2]',
    ]);
  });

  it.each([
    ['end', 'end'],
    ['say "hi"', 'say \\"hi\\"'],
    ['back\\slash\\', 'back\\\\slash\\\\'],
    ['\\N', '\\\\N'],
    ['a[b]{c}<d>|e', 'a[b]{c}<d>|e'],
    ['R&D &lt;', 'R&amp;D &amp;lt;'],
    ['编辑 👩‍🚀', '编辑 👩‍🚀'],
    ['two\r\nlines', 'two\\nlines'],
    ['nul\u0000 half\ud800', 'nul\ufffd half\ufffd'],
  ])('writes the name %j so that Graphviz shows it as it is', (name, label) => {
    expect(toDot(planOf([bareNode(name)]))).toContain(`\n  n0 [label="${label}"]\n`);
  });
});
