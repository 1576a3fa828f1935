import type { StateWrite } from '../events/event.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { type Frontier, type Stage, stageOf, type Writer } from './state-view.js';

/** One writer of shared state, as plain data. */
interface SentWriter {
  /** Topological index. */
  readonly index: number;
  readonly node: string;
  readonly writes: readonly StateWrite[];
  /** Positions of the writers that it builds upon, in the list that it stands in. */
  readonly before: readonly number[];
  /** What a reader right after it sees of states, by name: nothing before it counts for these. */
  readonly views?: Readonly<Record<string, Json>>;
}

/** What a node sees of shared state, as plain data. */
export interface SentState {
  /** In topological order. */
  readonly writers: readonly SentWriter[];
  /** Positions of the nearest writers. */
  readonly frontier: readonly number[];
}

/** What has to be known of a state where there is only its name: its class may never have been met there. */
export interface SentShape {
  readonly name: string;
  /** Fields with a merge rule. */
  readonly merged: readonly string[];
  /** Fields marked with `@Sensitive()`. */
  readonly sensitive: readonly string[];
  /** What a reader sees right after the attempt that tells of it. */
  readonly view: Json;
}

/**
 * The state that a frontier shows, for a process that has the same classes. Where what a reader sees after one writer is known,
 * that stands for the writes before it: so a chain of writers sends the state each time, not its history.
 */
export function sendState(frontier: Frontier): SentState | undefined {
  if (frontier.length === 0) return undefined;
  const taken: Taken[] = [];
  /** States of which no earlier write counts, with what stands for it. */
  const seen = new Map<string, Json>();
  const singles: Writer[] = [];
  let below = frontier;
  while (below.length > 0 && !isCovered(below, seen)) {
    const stage = stageOf(below);
    for (const writer of stage.writers) taken.push(takenOf(writer, stage, seen));
    if (stage.writers.length === 1) {
      singles.push(stage.writers[0] as Writer);
      for (const [name, view] of taken.at(-1)?.views ?? []) seen.set(name, view);
    }
    below = stage.before;
  }
  liftViews(singles[0], taken, seen);
  return placed(taken, frontier);
}

/** What nobody has written since stands right after the newest writer too: the next that asks need not go as far. */
function liftViews(newest: Writer | undefined, taken: readonly Taken[], seen: ReadonlyMap<string, Json>): void {
  const written = new Set(taken.flatMap(({ writes }) => writes.map(({ state }) => state)));
  for (const [name, view] of seen) {
    if (!written.has(name) && newest?.views.has(name) === false) {
      newest.views.set(name, view as Readonly<Record<string, unknown>>);
    }
  }
}

interface Taken {
  readonly writer: Writer;
  readonly writes: readonly StateWrite[];
  readonly views: readonly (readonly [string, Json])[];
  readonly isSpare: boolean;
}

function takenOf(writer: Writer, { writers }: Stage, seen: ReadonlyMap<string, Json>): Taken {
  const isOnly = writers.length === 1;
  const writes = writer.writes.filter(({ state }) => !seen.has(state) && !(isOnly && writer.views.has(state)));
  const views = isOnly ? [...writer.views].filter(([name]) => !seen.has(name)) : [];
  return {
    writer,
    writes,
    views: views.map(([name, view]) => [name, view as Json]),
    isSpare: isOnly && writes.length === 0 && views.length === 0,
  };
}

const isCovered = (frontier: Frontier, seen: ReadonlyMap<string, Json>): boolean =>
  frontier.every(({ states }) => [...states].every((name) => seen.has(name)));

/** With positions for writers. One that has nothing to tell is left out, and what is before it takes its place. */
function placed(taken: readonly Taken[], frontier: Frontier): SentState {
  const ordered = taken.filter(({ isSpare }) => !isSpare).reverse();
  const positions = new Map(ordered.map(({ writer }, position) => [writer, position]));
  const spare = new Set(taken.filter(({ isSpare }) => isSpare).map(({ writer }) => writer));
  const positionsOf = (writers: Frontier): readonly number[] => {
    const found = writers.flatMap((writer) => behind(writer, spare)).map((writer) => positions.get(writer));
    return [...new Set(found)].filter((position) => position !== undefined).sort((a, b) => a - b);
  };
  return {
    writers: ordered.map(({ writer: { index, node, before }, writes, views }) => ({
      index,
      node,
      writes,
      before: positionsOf(before),
      ...(views.length === 0 ? {} : { views: Object.fromEntries(views) }),
    })),
    frontier: positionsOf(frontier),
  };
}

/** The writer, or what is before it where it is spare. */
function behind(writer: Writer, spare: ReadonlySet<Writer>): Frontier {
  let at: Frontier = [writer];
  for (let [only] = at; at.length === 1 && only !== undefined && spare.has(only); [only] = at) at = only.before;
  return at;
}

/** The frontier that {@link sendState} has sent. */
export function receiveState(sent: SentState | undefined): Frontier {
  const writers: Writer[] = [];
  const at = (positions: readonly number[]): Frontier => positions.map((position) => writers[position] as Writer);
  for (const { index, node, writes, before, views = {} } of sent?.writers ?? []) {
    writers.push({
      index,
      node,
      writes: writes.map((write) => ({ ...write, value: toPlain(write.value) as Json })),
      before: at(before),
      states: new Set(),
      views: new Map(
        Object.entries(views).map(([name, view]) => [name, toPlain(view) as Readonly<Record<string, unknown>>]),
      ),
    });
  }
  return at(sent?.frontier ?? []);
}
