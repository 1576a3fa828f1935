import type { Clock } from '../clock/clock.js';
import type { Duration } from '../clock/duration.js';
import type { Provider, Resolver } from '../container/resolver.js';
import type { Workflow } from '../graph/workflow.js';
import type { Store } from '../journal/store.js';
import type { EmbeddingModel } from '../memory/embedding-model.js';
import type { MemoryScope } from '../memory/memory-scope.js';
import type { ScopedStore } from '../memory/scoped-store.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { ChatModel } from '../model/chat-model.js';
import type { FallbackModels } from '../model/fallback-models.js';
import type { ModelPolicies } from '../policies/model-policies.js';
import type { PolicyDefaults } from '../policies/order.js';
import type { ThreadStore } from '../thread/thread-store.js';
import type { EngineFactory } from './engine-factory.js';
import type { RecoveryOptions } from './recovery-options.js';

export interface EspalierOptions {
  /** What can be started. Names and versions together are unique. */
  // biome-ignore lint/suspicious/noExplicitAny: workflows of all inputs and outputs stand side by side
  readonly workflows: readonly Workflow<any, any>[];
  /** Agents that should be part of some workflow: one that none reaches is a fault. */
  readonly agents?: readonly AgentClass[];
  /** What agents and providers take in their constructors. */
  readonly providers?: readonly Provider[];
  /** Models by the names that agents use; `default` for those that name none. */
  readonly models?: Readonly<Record<string, ChatModel | FallbackModels>>;
  /**
   * Policies for all calls of a provider (`openai`) or of one model (`openai:gpt-5.5`), over all runs together. Where both
   * are given, both hold.
   */
  readonly modelPolicies?: Readonly<Record<string, ModelPolicies>>;
  /** Where runs are recorded. @default a new {@link MemoryJournal} */
  readonly store?: Store;
  /** Where runs take place and are recorded, instead of this process and a `store`. @default this process */
  readonly engine?: EngineFactory;
  /** Where conversations that outlive runs are kept. @default the store, if it keeps threads, else a new {@link MemoryThreadStore} */
  readonly threads?: ThreadStore;
  /**
   * Whose threads are: a field of the run's identity, such as `'user'`, or several. The same id then is another thread for
   * each of them, and nobody can read another's. A run that has a `threadId` needs an identity with that field.
   * @default nobody's: whoever knows the id of a thread can go on with it
   */
  readonly threadScope?: MemoryScope;
  /** Where memories and notes are kept. @default the store, if it keeps them, else a new {@link MemoryScopedStore} */
  readonly memory?: ScopedStore;
  /** Embedding models by the names that `defineNotes` uses; `default` for those that name none. */
  readonly embeddings?: Readonly<Record<string, EmbeddingModel>>;
  /** Policies for nodes that declare none of that kind, and whose workflow does not either. */
  readonly policies?: PolicyDefaults;
  /** A container of your own, instead of `providers`. */
  readonly resolver?: Resolver;
  /** @default the system's time */
  readonly clock?: Clock;
  /** Gives numbers in [0, 1), for jitter and `ctx.random()`. @default the platform's cryptographic source */
  readonly random?: () => number;
  /**
   * Whether runs of the store are recovered that have not ended and that nobody holds: their process died, or gave them back.
   * @default on where there is a `store`
   */
  readonly recovery?: RecoveryOptions | false;
  /**
   * How long a run stays in memory in which nothing goes on but waits for answers and times. Then only the journal has it, until
   * one comes. `false` for as long as it waits. @default '5s'
   */
  readonly layAsideAfter?: Duration | false;
  /** Names this process in leases. @default a random name */
  readonly owner?: string;
}
