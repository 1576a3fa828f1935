import { decoratorConflicts } from './decorator-conflicts.js';
import { dependencyKinds } from './dependency-kinds.js';
import { inheritedRun } from './inherited-run.js';
import { loopBounds } from './loop-bounds.js';
import { modelNames } from './model-names.js';
import { nestedConflicts } from './nested-conflicts.js';
import { nestedCycles } from './nested-cycles.js';
import { nodeNames } from './node-names.js';
import { policyConflicts } from './policy-conflicts.js';
import { predicates } from './predicates.js';
import type { Rule } from './rule.js';
import { runArity } from './run-arity.js';
import { runTypes } from './run-types.js';
import { toolNames } from './tool-names.js';
import { toolSchemas } from './tool-schemas.js';
import { undecoratedAgents } from './undecorated-agents.js';
import { unknownNestedAgents } from './unknown-nested-agents.js';
import { unorderedWriters } from './unordered-writers.js';
import { workflowCalls } from './workflow-calls.js';

/** What the proof checks on every graph. A new rule is a file beside this one and a line here. */
export const graphRules: readonly Rule[] = [
  undecoratedAgents,
  unknownNestedAgents,
  nodeNames,
  decoratorConflicts,
  policyConflicts,
  nestedConflicts,
  nestedCycles,
  dependencyKinds,
  inheritedRun,
  runArity,
  runTypes,
  predicates,
  loopBounds,
  modelNames,
  toolNames,
  toolSchemas,
  unorderedWriters,
  workflowCalls,
];
