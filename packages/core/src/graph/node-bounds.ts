import type { AgentClass } from '../metadata/agent-class.js';
import { agentDefaults } from '../metadata/agent-defaults.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { Bound } from '../policies/bound.js';
import { agentTools } from './agent-tools.js';
import { nothing, plus, product, times, worst } from './bound-arithmetic.js';
import type { Graph, GraphNode } from './graph.js';
import { nestedAgentsOf, nestingsOf } from './nested-agents.js';
import type { Workflow } from './workflow.js';

/** How many models may be asked in one call, by the name that agents use: more than one for `fallbackModels`. @default 1 */
export type ModelWidths = ReadonlyMap<string, number>;

/** The worst case of one agent, wherever it runs. */
export interface NodeBound {
  /** One run of the agent with its policies and repeats: for a `@ForEach`, one item. */
  readonly single: Bound;
  /** The node as a whole. */
  readonly total: Bound;
}

/** One attempt of plain code: only a timeout bounds its time. */
const plainAttempt: Bound = Object.freeze({ ...nothing, attempts: 1, wallTime: Number.POSITIVE_INFINITY });

/** The worst case of an agent that runs in a circle of agents: nothing bounds it. */
export const unbounded: Bound = Object.freeze({
  attempts: Number.POSITIVE_INFINITY,
  modelCalls: Number.POSITIVE_INFINITY,
  toolCalls: Number.POSITIVE_INFINITY,
  wallTime: Number.POSITIVE_INFINITY,
});

/**
 * Computes worst cases from the inside out: one attempt, the policies around it, its repeats, its items.
 *
 * Nested agents are computed once each, before those that run them, with a stack of its own.
 */
export class NodeBounds {
  readonly #nested: Graph['nested'];
  readonly #known = new Map<AgentClass, Bound>();
  readonly #called: (workflow: Workflow) => Bound;

  readonly #widths: ModelWidths;

  /** @param called the worst case of a workflow that an agent calls */
  constructor({ nested }: Graph, called: (workflow: Workflow) => Bound, widths: ModelWidths) {
    this.#widths = widths;
    this.#nested = nested;
    this.#called = called;
    for (const agent of nested.keys()) this.#computeNested(agent);
  }

  of(node: GraphNode): NodeBound {
    const single = this.#single(node);
    const { fanOut } = node;
    const width = fanOut === undefined ? 1 : fanOut.concurrency;
    return { single, total: fanOut === undefined ? single : times(fanOut.max, single, width) };
  }

  /** The worst case of a nested agent. In a circle, which the proof refuses, it has none. */
  nested(agent: AgentClass): Bound {
    return this.#known.get(agent) ?? unbounded;
  }

  #computeNested(root: AgentClass): void {
    const stack: AgentClass[] = [root];
    const entered = new Set<AgentClass>();
    for (let agent = stack.at(-1); agent !== undefined; agent = stack.at(-1)) {
      const node = this.#nested.get(agent) as GraphNode;
      const open = entered.has(agent)
        ? []
        : nestedAgentsOf(node.definition).filter((inner) => !this.#known.has(inner) && !entered.has(inner));
      entered.add(agent);
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      stack.pop();
      if (!this.#known.has(agent)) this.#known.set(agent, this.#single(node));
    }
  }

  #single({ definition, policies }: GraphNode): Bound {
    let bound = this.#attempt(definition);
    for (const policy of policies) {
      if (policy.bound !== undefined) bound = policy.bound(bound);
      if (policy.agent !== undefined) bound = plus(bound, this.nested(policy.agent));
    }
    return definition.repeat === undefined ? bound : times(definition.repeat.max, bound);
  }

  /** One attempt, with the child runs that it may start. Their time is part of its own. */
  #attempt(definition: AgentDefinition): Bound {
    let bound = definition.usesModel ? this.#askingAttempt(definition) : plainAttempt;
    for (const { workflow, max } of definition.calls) bound = plus(bound, times(max, this.#called(workflow)));
    return bound;
  }

  /**
   * What an attempt may ask. Model and tool calls are counted for the attempt as a whole, also after a hand-off, against the limit
   * of the agent that asks: so the highest limit among the agents that may get the conversation holds.
   */
  #askingAttempt(definition: AgentDefinition): Bound {
    let modelCalls = 0;
    let toolCalls = 0;
    let nested = nothing;
    let width = 1;
    for (const agent of this.#conversation(definition)) {
      modelCalls = Math.max(modelCalls, agent.options.maxModelCalls ?? agentDefaults.maxModelCalls);
      width = Math.max(width, this.#widthOf(agent.options.model));
      if (agentTools(agent).length === 0) continue;
      toolCalls = Math.max(toolCalls, agent.options.maxToolCalls ?? agentDefaults.maxToolCalls);
      for (const { kind, agent: inner } of nestingsOf(agent))
        if (kind === 'tool') nested = worst(nested, this.nested(inner));
    }
    return {
      attempts: 1 + product(toolCalls, nested.attempts),
      modelCalls: Math.min(modelCalls, this.#callsOf(definition, width)) + product(toolCalls, nested.modelCalls),
      toolCalls: toolCalls + product(toolCalls, nested.toolCalls),
      wallTime: Number.POSITIVE_INFINITY,
    };
  }

  /**
   * Without `run`, an attempt is one tool loop of turns and corrections, counted by the limits of the agent that begins
   * it, also after a hand-off; each turn may ask several models. With `run`, it may be any number of loops.
   */
  #callsOf({ options, hasRun }: AgentDefinition, width: number): number {
    if (hasRun) return Number.POSITIVE_INFINITY;
    const { maxTurns = agentDefaults.maxTurns, corrections = agentDefaults.corrections, thread } = options;
    const summary = typeof thread === 'object' ? thread.summarise : undefined;
    const summaryName = typeof summary === 'object' ? summary.model : undefined;
    const summaryCalls = summary === undefined || summary === false ? 0 : this.#widthOf(summaryName ?? options.model);
    return (maxTurns + corrections) * width + summaryCalls;
  }

  #widthOf(model: string = agentDefaults.model): number {
    return this.#widths.get(model) ?? 1;
  }

  /** An agent and all whom its conversation may be handed to. */
  #conversation(definition: AgentDefinition): Iterable<AgentDefinition> {
    if (definition.handoff === undefined) return [definition];
    const agents = new Set<AgentDefinition>([definition]);
    for (const { handoff } of agents) {
      for (const target of handoff?.targets ?? []) {
        const found = this.#nested.get(target)?.definition;
        if (found !== undefined) agents.add(found);
      }
    }
    return agents;
  }
}
