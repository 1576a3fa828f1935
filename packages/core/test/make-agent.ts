import type { RunContext } from '../src/context/run-context.js';
import { Agent } from '../src/decorators/agent.js';
import type { AgentClass } from '../src/metadata/agent-class.js';
import { type AgentOptions, dependsOnKey } from '../src/metadata/agent-metadata.js';
import type { Dependency } from '../src/metadata/dependency.js';

/** What a test agent does: its inputs as an array, then the context. */
export type Behaviour = (inputs: readonly unknown[], ctx: RunContext) => unknown;

/** What stands on a test agent besides `@Agent` and `@DependsOn`, innermost first. */
export type Decorator = (target: never) => void;

/** An agent class with a name and a behaviour of its own, for graphs that a test makes in a loop. */
export function makeAgent(
  name: string,
  dependencies: readonly Dependency[],
  behaviour: Behaviour,
  decorators: readonly Decorator[] = [],
  options: AgentOptions = {},
): AgentClass<unknown> {
  const made = {
    [name]: class {
      run(...args: unknown[]): unknown {
        return behaviour(args.slice(0, -1), args.at(-1) as RunContext);
      }
    },
  }[name] as AgentClass<unknown>;
  if (dependencies.length > 0) dependsOnKey.write(made, dependencies);
  for (const decorator of decorators) decorator(made as never);
  Agent({ name, ...options })(made as never);
  return made;
}
