import type { ErrorCode } from '../../errors/codes.js';
import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import type { Graph } from '../graph.js';

/** What a rule may look at. */
export interface RuleInput {
  readonly graph: Graph;
  /** Names of the registered models. */
  readonly models: ReadonlySet<string>;
}

/** Checks one thing on one graph and tells of every place where it does not hold. Never throws, never stops early. */
export type Rule = (input: RuleInput) => Fault[];

/** What a fault says, besides its code and place. */
export interface FaultText {
  readonly message: string;
  /** What to write instead, as code where that is possible. */
  readonly hint: string;
  /** Name of the member that is wrong, such as `run`. */
  readonly member?: string;
  /** Name of the class that is wrong. @default the agent's */
  readonly owner?: string;
}

/** A fault of an agent class. */
export function faultOf(definition: AgentDefinition, code: ErrorCode, text: FaultText): Fault {
  const { className, file } = definition;
  const { message, hint, member, owner = className } = text;
  return {
    code,
    message,
    hint,
    where: {
      class: member === undefined ? owner : `${owner}.${member}`,
      ...(file === undefined ? {} : { file }),
    },
  };
}
