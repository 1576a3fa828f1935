import { Agent, Calls, createEspalier, defineWorkflow, GraphError, type Workflow } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../../test/make-agent.js';
import { prove, told } from '../../../test/prove.js';
import { buildGraphs } from '../build-graphs.js';
import { proveGraph } from '../prove-graph.js';

@Agent()
class Leaf {
  run(): number {
    return 1;
  }
}
const leaf = defineWorkflow({ name: 'leaf', version: 1, output: Leaf });

const caller = (name: string): Workflow =>
  defineWorkflow({ name: name.toLowerCase(), version: 1, output: makeAgent(name, [], () => 1) });
const call = (from: Workflow, to: unknown, max = 1): void => Calls(to as Workflow, { max })(from.options.output);
const faultsOf = (...workflows: readonly Workflow[]) =>
  told(proveGraph({ graphs: buildGraphs(workflows), agents: [], models: new Set() }));

describe('calls of workflows', () => {
  it('are sound in a tree, and where two call the same', () => {
    const [a, b] = [caller('A'), caller('B')];
    call(a, b);
    call(a, leaf);
    call(b, leaf);
    expect(faultsOf(a)).toEqual([]);
  });

  it('do not lead back, at once or through others: each circle is told of once', () => {
    const [a, b, self] = [caller('A'), caller('B'), caller('Self')];
    call(a, b);
    call(b, a);
    call(self, self);
    call(self, a);
    expect(faultsOf(self, b, a)).toEqual([
      [
        'dependency-cycle',
        'B',
        "Workflows call each other in a circle: 'a' → 'b' → 'a'; nothing bounds how deep.",
        "Remove the @Calls of workflow 'a' from class B; use @Repeat({ max }) for a loop.",
      ],
      [
        'dependency-cycle',
        'Self',
        "Workflows call each other in a circle: 'self' → 'self'; nothing bounds how deep.",
        "Remove the @Calls of workflow 'self' from class Self; use @Repeat({ max }) for a loop.",
      ],
    ]);
  });

  it('name a workflow, once, with a bound', () => {
    @Agent()
    @Calls(leaf, { max: 0 })
    @Calls(leaf, { max: 2 })
    @Calls(undefined as never, { max: 1 })
    @Calls(leaf, undefined as never)
    class Wrong {}
    expect(told(prove(Wrong))).toEqual([
      [
        'bound-missing',
        'Wrong',
        "`max` of @Calls of workflow 'leaf' of Wrong: expected a whole number from 1, got undefined.",
        'Write @Calls(workflow, { max: 10 }).',
      ],
      [
        'decorator-conflict',
        'Wrong',
        "@Calls of workflow 'leaf' stands twice on Wrong; only one can hold.",
        "Keep one @Calls of workflow 'leaf' on class Wrong.",
      ],
      [
        'option-invalid',
        'Wrong',
        '@Calls of Wrong: expected a workflow of defineWorkflow, got undefined.',
        'Pass the workflow itself. If it is imported, two files may import each other: move one of them.',
      ],
      [
        'option-invalid',
        'Wrong',
        "`max` of @Calls of workflow 'leaf' of Wrong: expected a whole number from 1, got 0 (number).",
        'Write @Calls(workflow, { max: 10 }).',
      ],
    ]);
  });

  it('prove the called workflow too, and refuse another one of its name', async () => {
    @Agent({ instructions: 'You help.' })
    class Helper {}
    const a = caller('A');
    call(a, defineWorkflow({ name: 'help', version: 1, output: Helper }));
    const error = await createEspalier({ workflows: [a] }).catch((reason: GraphError) => reason);
    expect((error as GraphError).faults).toMatchObject([{ code: 'model-unknown', where: { class: 'Helper' } }]);

    const b = caller('B');
    call(b, leaf);
    const other = defineWorkflow({ name: 'leaf', version: 1, output: Leaf });
    await expect(createEspalier({ workflows: [b, other] })).rejects.toMatchObject({
      code: 'workflow-invalid',
      message: "createEspalier: two workflows are 'leaf' version 1.",
    });
    await expect(createEspalier({ workflows: b as never })).rejects.toMatchObject({
      code: 'workflow-invalid',
      message: 'createEspalier: workflows: expected a list, got Object (object).',
    });
    await expect(createEspalier({ workflows: [b, undefined as never] })).rejects.toMatchObject({
      code: 'workflow-invalid',
      message: 'createEspalier: workflows[1]: expected a workflow of defineWorkflow, got undefined.',
    });
  });
});
