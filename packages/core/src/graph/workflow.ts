import { type Duration, milliseconds } from '../clock/duration.js';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { AgentClass, OutputOf } from '../metadata/agent-class.js';
import type { Migrate } from '../migration/migration.js';
import { type BudgetLimits, budgetKinds } from '../policies/budget.js';
import { type PolicyDefaults, policiesFrom } from '../policies/order.js';
import type { InferSchemaInput, SchemaSource } from '../schema/schema.js';

export interface WorkflowOptions<I extends SchemaSource, A extends AgentClass> {
  /** Unique within a runtime; letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Raise it when the graph changes. @minimum 1 */
  readonly version: number;
  /** What a run is started with: a class-validator class or a Standard Schema. @default anything that is plain data */
  readonly input?: I;
  /** The agent whose output is the run's result; its dependencies are the graph. */
  readonly output: A;
  /** How many nodes may run at once. @default 256 @minimum 1 */
  readonly concurrency?: number;
  /** End the run at the first failure that nothing tolerates. @default false */
  readonly failFast?: boolean;
  /** Policies for nodes that declare none of that kind; `deadline` and `budget` are for the run as a whole. */
  readonly policies?: PolicyDefaults;
  /** Longest wall time of a run; it ends `timed_out` after that. @default none */
  readonly deadline?: Duration;
  /** What a run may spend as a whole; it ends `budget_exceeded` after that. @default none */
  readonly budget?: BudgetLimits;
  /**
   * Takes over runs of earlier versions that are not registered, or not as they were: gets what is known of such a run, and
   * says what it goes on with. @default they are refused
   */
  readonly migrate?: Migrate;
}

/** A named, versioned entry to a graph of agents. */
export interface Workflow<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly version: number;
  readonly options: WorkflowOptions<SchemaSource, AgentClass>;
  /** Only for the compiler: carries the types of input and result. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/**
 * Declares a workflow: the output agent and all that it depends on.
 *
 * @throws workflow-invalid when the name is empty or has other characters, the version is not a whole number ≥ 1, or a limit
 * is no number ≥ 0; option-invalid when the deadline is no duration; policy-invalid
 * @example
 * export const researchReport = defineWorkflow({ name: 'research-report', version: 1, input: Topic, output: Writer });
 */
export function defineWorkflow<A extends AgentClass, I extends SchemaSource = SchemaSource<unknown>>(
  options: WorkflowOptions<I, A>,
): Workflow<InferSchemaInput<I>, OutputOf<A>> {
  const { name, version, concurrency } = options;
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw invalid(`name: expected letters, digits, '.', '_' or '-', got ${describeValue(name)}`);
  }
  if (!Number.isInteger(version) || version < 1) {
    throw invalid(`version of '${name}': expected a whole number from 1, got ${describeValue(version)}`);
  }
  if (concurrency !== undefined && (!Number.isInteger(concurrency) || concurrency < 1)) {
    throw invalid(`concurrency of '${name}': expected a whole number from 1, got ${describeValue(concurrency)}`);
  }
  checkLimits(options);
  if (options.migrate !== undefined && typeof options.migrate !== 'function') {
    throw invalid(`migrate of '${name}': expected a function, got ${describeValue(options.migrate)}`);
  }
  return Object.freeze({ name, version, options: Object.freeze({ ...options }) });
}

/** @throws option-invalid, workflow-invalid, policy-invalid */
function checkLimits({ name, deadline, budget, policies = {} }: WorkflowOptions<SchemaSource, AgentClass>): void {
  if (deadline !== undefined) milliseconds(deadline, `the deadline of workflow '${name}'`);
  try {
    policiesFrom(policies);
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    // A default stands on no class whose name would say where it is.
    throw new EspalierError(error.code, `\`policies\` of workflow '${name}': ${error.message}`, { cause: error });
  }
  for (const [kind, limit] of Object.entries(budget ?? {})) {
    if (!(budgetKinds as readonly string[]).includes(kind)) {
      throw invalid(`budget of '${name}': expected ${budgetKinds.join(', ')}, got '${kind}'`);
    }
    if (typeof limit === 'number' && limit >= 0) continue;
    throw invalid(`budget of '${name}': expected a number of ${kind} from 0, got ${describeValue(limit)}`);
  }
}

const invalid = (message: string): EspalierError =>
  new EspalierError('workflow-invalid', `defineWorkflow: ${message}.`);
