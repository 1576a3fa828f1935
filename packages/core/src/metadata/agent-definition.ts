import type { Policy } from '../policies/policy.js';
import { policiesOfClass } from '../policies/record-policy.js';
import type { AgentClass } from './agent-class.js';
import {
  type AgentOptions,
  agentKey,
  type CallsDeclaration,
  type Condition,
  callsKey,
  conditionsKey,
  dependsOnKey,
  type ForEachDeclaration,
  forEachKey,
  type HandoffDeclaration,
  handoffKey,
  type RepeatDeclaration,
  repeatKey,
  type ToolDeclaration,
  toolsKey,
  type WritesDeclaration,
  writesKey,
} from './agent-metadata.js';
import type { Dependency } from './dependency.js';

/** Reads what the decorators of a class recorded. */
export const readAgent = (agent: AgentClass): AgentDefinition => new AgentDefinition(agent);

/**
 * All that the decorators of one agent class say. A class, for the accessors of object literals give each object a shape
 * of its own, which is slow to make and to read.
 */
export class AgentDefinition {
  readonly agent: AgentClass;
  readonly className: string;
  /** Node name: `@Agent({ name })`, or the class name in kebab-case. */
  readonly name: string;
  /** False when the class has no `@Agent()`: a fault that the proof reports. */
  readonly decorated: boolean;
  readonly options: AgentOptions;
  readonly dependsOn: readonly Dependency[];
  readonly conditions: readonly Condition[];
  readonly forEach: ForEachDeclaration | undefined;
  readonly repeat: RepeatDeclaration | undefined;
  readonly handoff: HandoffDeclaration | undefined;
  readonly writes: readonly WritesDeclaration[];
  readonly calls: readonly CallsDeclaration[];
  readonly policies: readonly Policy[];
  /** The class's own `@Tool` methods and inherited ones. */
  readonly tools: readonly ToolDeclaration[];
  readonly hasRun: boolean;
  /** True when the agent may call a model: it has instructions, a model, tools or memory, or no `run`. */
  readonly usesModel: boolean;

  constructor(agent: AgentClass) {
    const declaration = agentKey.read(agent);
    const options = declaration?.options ?? {};
    const prototype = agent.prototype as { run?: unknown };
    const tools = readTools(prototype);
    const hasRun = typeof prototype.run === 'function';
    this.agent = agent;
    this.className = agent.name;
    this.name = options.name ?? kebabCase(agent.name);
    this.decorated = declaration !== undefined;
    this.options = options;
    this.dependsOn = dependsOnKey.read(agent) ?? none;
    this.conditions = conditionsKey.read(agent) ?? none;
    this.forEach = forEachKey.read(agent);
    this.repeat = repeatKey.read(agent);
    this.handoff = handoffKey.read(agent);
    this.writes = writesKey.read(agent) ?? none;
    this.calls = callsKey.read(agent) ?? none;
    this.policies = policiesOfClass(agent);
    this.tools = tools;
    this.hasRun = hasRun;
    this.usesModel =
      !hasRun ||
      options.instructions !== undefined ||
      options.model !== undefined ||
      tools.length > 0 ||
      (options.tools?.length ?? 0) > 0 ||
      (options.memory?.length ?? 0) > 0;
  }

  /** Where `@Agent` stands. */
  get file(): string | undefined {
    return agentKey.read(this.agent)?.location.file;
  }
}

/** The `@Tool` methods of a class, inherited ones first; an overriding declaration replaces. */
export function readTools(prototype: object): readonly ToolDeclaration[] {
  const chain: ReadonlyMap<string, ToolDeclaration>[] = [];
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const own = toolsKey.read(at);
    if (own !== undefined) chain.unshift(own);
  }
  if (chain.length === 0) return none;
  return [...new Map(chain.flatMap((own) => [...own])).values()];
}

const none: readonly never[] = Object.freeze([]);

function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
