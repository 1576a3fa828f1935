import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { sharedStateKey } from '../metadata/agent-metadata.js';
import { sensitiveFieldsOf } from '../metadata/sensitive-fields.js';
import { toPlain } from '../schema/plain.js';
import { type Learner, learnWhole } from '../sensitive/learn.js';
import { mergeRulesOf } from './merge-rules-of.js';
import type { SentShape } from './sent-state.js';
import type { MergeRule } from './state-handle.js';
import type { StateShape } from './state-view.js';

/** A `@SharedState` class, read once per run. */
export interface StateDefinition {
  readonly name: string;
  readonly initial: Readonly<Record<string, unknown>>;
  readonly rules: ReadonlyMap<string, MergeRule<unknown>>;
  /** The fields marked with `@Sensitive()`. */
  readonly sensitive: ReadonlySet<string>;
}

interface ToldShape extends StateShape {
  readonly sensitive: ReadonlySet<string>;
}

/** The shared state classes that a run has met, each read once. */
export class StateRegistry {
  readonly #known: { readonly state: new () => object; readonly definition: StateDefinition }[] = [];
  readonly #run: Learner | undefined;
  /** What attempts that were made elsewhere have told, by name. */
  #told: Map<string, ToldShape> | undefined;

  /** @param run takes up the sensitive values of states */
  constructor(run?: Learner) {
    this.#run = run;
  }

  /** A value that is written to a field. */
  learn({ sensitive }: StateDefinition, field: string, value: unknown): void {
    if (this.#run !== undefined && sensitive.has(field)) learnWhole(this.#run, value);
  }

  /** @throws option-invalid when the class has no `@SharedState()`, or the name of another one */
  read(state: new () => object): StateDefinition {
    const known = this.#known.find((entry) => entry.state === state);
    if (known !== undefined) return known.definition;
    const definition = readState(state);
    if (this.named(definition.name) !== undefined) throw sameName(definition.name);
    this.#known.push({ state, definition });
    for (const field of definition.sensitive) this.learn(definition, field, definition.initial[field]);
    return definition;
  }

  /** Takes up what an attempt that was made elsewhere tells of a state that it wrote. */
  tell({ name, merged, sensitive }: SentShape): void {
    this.#told ??= new Map();
    this.#told.set(name, { name, rules: new Set(merged), sensitive: new Set(sensitive) });
  }

  /** What is known of a state by name. */
  shape(name: string): ToldShape | undefined {
    return this.named(name) ?? this.#told?.get(name);
  }

  /** Those that are known by what was told of them only. */
  told(): readonly StateShape[] {
    return [...(this.#told?.values() ?? [])].filter(({ name }) => this.named(name) === undefined);
  }

  named(name: string): StateDefinition | undefined {
    return this.#known.find(({ definition }) => definition.name === name)?.definition;
  }

  all(): readonly StateDefinition[] {
    return this.#known.map(({ definition }) => definition);
  }
}

function readState(state: new () => object): StateDefinition {
  const declaration = typeof state === 'function' ? sharedStateKey.read(state) : undefined;
  if (declaration === undefined) {
    const name = typeof state === 'function' ? state.name : describeValue(state);
    throw new EspalierError(
      'option-invalid',
      `ctx.state(${name}): expected a class with @SharedState(), got ${name}.`,
      {
        hint: `Put @SharedState() on class ${name}.`,
      },
    );
  }
  return {
    name: declaration.name,
    initial: toPlain(new state(), { what: `the initial value of ${declaration.name}` }) as Record<string, unknown>,
    rules: mergeRulesOf(state),
    sensitive: sensitiveFieldsOf(state),
  };
}

/** Writes name the state that they are to: two of one name would be mixed up. */
function sameName(name: string): EspalierError {
  return new EspalierError('option-invalid', `Two classes are the shared state '${name}' of one run.`, {
    hint: 'Give one of them another name: @SharedState({ name }).',
  });
}
