import type { ErrorCode, Fault } from '@espalier/core';
import { buildGraph } from '../src/graph/build-graph.js';
import { proveGraph } from '../src/graph/prove-graph.js';
import { defineWorkflow } from '../src/graph/workflow.js';
import type { AgentClass } from '../src/metadata/agent-class.js';

export interface ProveOptions {
  readonly agents?: readonly AgentClass[];
  readonly models?: readonly string[];
}

/** All faults of the workflow 'test', whose output is this agent; the model 'default' is registered. */
export function prove(output: unknown, { agents = [], models = ['default'] }: ProveOptions = {}): readonly Fault[] {
  const workflow = defineWorkflow({ name: 'test', version: 1, output: output as AgentClass });
  return proveGraph({ graphs: [buildGraph(workflow)], agents, models: new Set(models) });
}

/** What a fault tells its reader, but for the file: as lines, so that a test shows it as people see it. */
export const told = (faults: readonly Fault[]): readonly (readonly [ErrorCode, string, string, string])[] =>
  faults.map(({ code, where, message, hint }) => [code, where.class ?? '', message, hint]);
