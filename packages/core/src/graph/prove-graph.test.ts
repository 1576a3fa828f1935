import {
  Agent,
  type AgentClass,
  asTool,
  createEspalier,
  DependsOn,
  defineWorkflow,
  type Fault,
  ForEach,
  GraphError,
  Inject,
  Repeat,
  SharedState,
  Tool,
  Writes,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import { prove } from '../../test/prove.js';
import { dependsOnKey } from '../metadata/agent-metadata.js';
import { type BuiltGraph, buildGraph } from './build-graph.js';
import { proveGraph } from './prove-graph.js';

@SharedState()
class Notes {
  title = '';
}

interface Shape {
  readonly text: string;
}

class Undecorated {
  run(): string {
    return '';
  }
}

@Agent({ name: 'twin' })
@Writes(Notes, 'title')
class Castor {
  run(): string {
    return '';
  }
}

@Agent({ name: 'twin' })
@Writes(Notes, 'title')
class Pollux {
  run(): string {
    return '';
  }
}

@Agent({ instructions: 'You search.', model: 'huge' })
class Searcher {
  @Tool('Search')
  search(shape: Shape): string {
    return shape.text;
  }
  @Tool({ name: 'search', description: 'Search again' })
  again(): string {
    return '';
  }
}

@Agent()
class NeedsProvider {
  constructor(@Inject('index') readonly index: unknown) {}
  run(): string {
    return '';
  }
}

@Agent()
class Unreached {
  run(): string {
    return '';
  }
}

@Agent()
@Repeat({ until: () => true, max: undefined as never })
class Endless {
  run(a: string, b: string, c: string): string {
    return a + b + c;
  }
}

@Agent()
class PerItem {
  run(item: string): string {
    return item;
  }
}
ForEach(Castor, { items: () => [], max: 3 })(PerItem);

const [first, second] = ['First', 'Second'].map((name) => makeAgent(name, [], () => undefined)) as [
  AgentClass,
  AgentClass,
];
dependsOnKey.write(first, [second]);
dependsOnKey.write(second, [first]);

@Agent({ instructions: 'You write.', tools: [asTool(undefined as never)] })
class Output {}
dependsOnKey.write(Output, [
  Undecorated,
  Castor,
  Pollux,
  Searcher,
  NeedsProvider,
  Endless,
  PerItem,
  first,
  undefined as never,
]);

const workflow = defineWorkflow({ name: 'ten-faults', version: 1, output: Output });

async function faultsOfBoot(): Promise<readonly Fault[]> {
  const booting = createEspalier({ workflows: [workflow], agents: [Unreached], models: {} });
  const error: unknown = await booting.catch((cause: unknown) => cause);
  if (!(error instanceof GraphError)) throw error;
  return error.faults;
}

describe('the proof', () => {
  it('collects all faults of a boot, each with code, class and file', async () => {
    const faults = await faultsOfBoot();
    const found = faults.map(({ code, where }) => `${code} ${where.class}`);
    expect([...found].sort()).toEqual([
      'agent-undecorated Undecorated',
      'agent-unknown Output',
      'agent-unknown Output',
      'agent-unreachable Unreached',
      'bound-missing Endless',
      'dependency-cycle First',
      'dependency-type-mismatch Endless.run',
      'dependency-type-mismatch Output',
      'model-unknown Output',
      'model-unknown Searcher',
      'node-name-duplicate Pollux',
      'provider-missing NeedsProvider',
      'schema-unreadable Searcher.search',
      'state-writers-unordered Pollux',
      'tool-name-ambiguous Searcher',
    ]);
    for (const { code, where } of faults) {
      const isKnown = code !== 'agent-undecorated'; // without the decorator nobody knows where the class stands
      expect([code, /\.ts:\d+:\d+$/.test(where.file ?? '')]).toEqual([code, isKnown]);
    }
  });

  it('tells each fault once, ordered by class, whatever the order and number of workflows', () => {
    const [one, two] = [first, Output].map((output, index) =>
      buildGraph(defineWorkflow({ name: `w${index}`, version: 1, output })),
    ) as [BuiltGraph, BuiltGraph];
    const input = { agents: [], models: new Set<string>() };
    const faults = proveGraph({ ...input, graphs: [one, two] });
    expect(proveGraph({ ...input, graphs: [two, one] })).toEqual(faults);
    expect(faults.filter(({ code }) => code === 'dependency-cycle')).toHaveLength(1);
    const classes = faults.map(({ where }) => where.class ?? '');
    expect(classes).toEqual([...classes].sort());
  });

  it('finds nothing wrong with a sound graph', () => {
    @Agent()
    @DependsOn(Castor)
    class Sound {
      run(text: string): string {
        return text;
      }
    }
    expect(prove(Sound)).toEqual([]);
  });

  it('reads as a list: what, where and what to write instead', async () => {
    const faults = await faultsOfBoot();
    const chosen = faults.filter(({ code }) => code === 'bound-missing' || code === 'dependency-cycle');
    const text = new GraphError(chosen).message.replaceAll(/\/\S*\/(?=\S+\.ts)/g, '…/').replaceAll(/:\d+:\d+/g, ':1:1');
    expect(text).toBe(`The graph is not sound: 2 faults.
  1. bound-missing (Endless at …/prove-graph.test.ts:1:1)
     \`max\` of @Repeat of Endless: expected a whole number from 1, got undefined.
     → Write @Repeat({ until, max: 4 }).
  2. dependency-cycle (First at …/make-agent.ts:1:1)
     First → Second → First is a circle: none of them can start first.
     → Break the circle; use @Repeat for a loop.`);
  });
});
