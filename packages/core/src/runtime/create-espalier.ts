import { boot } from '../boot/boot.js';
import { systemClock } from '../clock/system-clock.js';
import { EmbeddedEngine } from '../engine/embedded-engine.js';
import { EspalierError } from '../errors/espalier-error.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { Store } from '../journal/store.js';
import { checkedScope } from '../memory/memory-scope.js';
import { memoryServices } from '../memory/memory-services.js';
import { noScopedStore } from '../memory/no-scoped-store.js';
import type { ScopedStore } from '../memory/scoped-store.js';
import { MemoryThreadStore } from '../thread/memory-thread-store.js';
import type { Espalier } from './espalier.js';
import type { EspalierOptions } from './espalier-options.js';
import { outcomeOfRecords } from './outcome-of-records.js';
import { readLayAsideAfter, readRecovery } from './recovery-options.js';
import { Runtime } from './runtime.js';
import { startOrder } from './start-order.js';

/**
 * Builds and proves the graphs of all workflows, and gives the runtime that runs them.
 *
 * @throws GraphError with every fault that the proof found: nothing runs before all of it is sound
 * @example
 * const espalier = await createEspalier({ workflows: [researchReport], models: { default: offline() } });
 * const report = await espalier.run(researchReport, { title: 'Tidal power' });
 */
export async function createEspalier(options: EspalierOptions): Promise<Espalier> {
  const clock = options.clock ?? systemClock;
  const store: Store = storeOf(options);
  const kept = memoryServices(memoryOf(options, store), options.embeddings);
  const { workflows, embeddingPolicies, dispose, modelWidths } = await boot(options);
  const memory = { ...kept, policies: embeddingPolicies };
  const owner = options.owner ?? globalThis.crypto.randomUUID();
  const { random = systemRandom, threads = store.threads ?? new MemoryThreadStore() } = options;
  const recovery = readRecovery(options);
  const layAsideAfter = readLayAsideAfter(options);
  const threadScope =
    options.threadScope === undefined
      ? undefined
      : checkedScope(options.threadScope, 'createEspalier({ threadScope })');
  const surroundings = { clock, random, threads, threadScope, memory, modelWidths };
  if (options.engine === undefined) {
    const engine = new EmbeddedEngine(store, clock, owner);
    return new Runtime(workflows, engine, { ...surroundings, recovery, layAsideAfter, dispose });
  }
  const hosted = { ...surroundings, recovery: undefined, layAsideAfter: Number.POSITIVE_INFINITY, dispose: nothing };
  return options.engine.connect({
    workflows: options.workflows,
    owner,
    clock,
    dispose,
    order: startOrder,
    outcome: (engine, runId, ended) => outcomeOfRecords(workflows, surroundings, { engine, runId, ended }),
    runtime: (engine, own) => new Runtime(workflows, engine, { ...hosted, ...own }),
  });
}

function storeOf({ engine, ...options }: EspalierOptions): Store {
  if (engine === undefined) return options.store ?? new MemoryJournal();
  const given = (['store', 'recovery', 'layAsideAfter'] as const).find(
    (name) => options[name] !== undefined && options[name] !== false, // it does neither: that may be said
  );
  if (given === undefined) return new MemoryJournal();
  throw new EspalierError(
    'option-invalid',
    `createEspalier: \`engine\` and \`${given}\` are both given, expected one of them.`,
    { hint: 'An engine keeps the records of its runs itself, and goes on with them itself.' },
  );
}

/** What agents keep is for all processes: with an engine, none of them may keep it alone. */
function memoryOf({ engine, memory }: EspalierOptions, store: Store): ScopedStore | undefined {
  return memory ?? (engine === undefined ? store.memory : noScopedStore);
}

const nothing = async (): Promise<void> => {};

/** Uniform in [0, 1) with 32 bits, from the platform's source of randomness. */
function systemRandom(): number {
  const [word] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return (word as number) / 2 ** 32;
}
