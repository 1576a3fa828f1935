import type { SerializedError } from '../errors/espalier-error.js';
import type { NodeStatus } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';

/** What is known of a run that is to go on under another version of its workflow. */
export interface RunToMigrate {
  readonly runId: string;
  /** Version of the workflow that it ran under so far. */
  readonly version: number;
  readonly input: Json | undefined;
  readonly identity: Json | undefined;
  /** The nodes of the graph that it ran on, by name. */
  readonly nodes: Readonly<Record<string, NodeToMigrate>>;
}

/** How one node of such a run stands. */
export interface NodeToMigrate {
  readonly status: NodeStatus;
  /** Of a completed node. */
  readonly output?: Json;
  /** Of a failed node. */
  readonly error?: SerializedError;
  /** What it waits for in the graph, as in a plan: `researcher`, `optional critic`, `when router`. */
  readonly inputs: readonly string[];
  /** What it waits for now: answers and times. */
  readonly waits: readonly NodeWait[];
}

/** An answer or a time that a node waits for. */
export interface NodeWait {
  /** Path of the node, item, iteration or nested agent. */
  readonly node: string;
  /** The signal; none for a timer. */
  readonly signal?: string;
  readonly request?: Json;
  /** Milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** What a run goes on with under the new graph. What is not named here runs anew. */
export interface Migration {
  /** The input from here on. @default unchanged */
  readonly input?: unknown;
  /**
   * Nodes whose records count: completed ones stay so, others go on where they are. Names, where these are the same in both
   * graphs; else each new name with its old one: `{ summary: 'summarizer' }`.
   */
  readonly keep?: readonly string[] | Readonly<Record<string, string>>;
  /** Nodes that count as completed, with these outputs. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Says what a run of an earlier version goes on with; an error that it throws refuses. */
export type Migrate = (run: RunToMigrate) => MaybePromise<Migration>;
