import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Memory } from './memory.js';
import type { Notes, RecallOptions } from './notes.js';

/** A memory that an agent's model reads, and perhaps changes. */
export interface MemoryUse {
  readonly memory: Memory;
  /** Whether the model gets a tool that changes fields of it, `update_<name>`. @default false */
  readonly update?: boolean;
}

/** Notes that an agent's model searches, and perhaps adds to. */
export interface NotesUse {
  readonly notes: Notes;
  /** Whether the model gets a tool that searches them, `recall_<name>`; or how it searches. @default true */
  readonly recall?: boolean | RecallOptions;
  /** Whether the model gets a tool that adds one, `remember_<name>`. @default false */
  readonly remember?: boolean;
}

/** What an agent's model may know of what outlives runs: a memory is shown to it, notes it may search. */
export type AgentMemory = Memory | Notes | MemoryUse | NotesUse;

/** The same, with nothing left open. */
export type ResolvedUse =
  | { readonly kind: 'memory'; readonly memory: Memory; readonly update: boolean }
  | {
      readonly kind: 'notes';
      readonly notes: Notes;
      readonly recall: RecallOptions | undefined;
      readonly remember: boolean;
    };

/** @throws option-invalid for what is neither a memory nor notes, nor a use of some */
export function resolvedUse(given: AgentMemory): ResolvedUse {
  const use = Object(given) as Partial<MemoryUse & NotesUse> & { readonly kind?: string };
  const { memory, notes } = use.kind === undefined ? use : ({ [use.kind]: given } as Partial<MemoryUse & NotesUse>);
  if (memory?.kind === 'memory') return { kind: 'memory', memory, update: use.update === true };
  if (notes?.kind === 'notes') {
    const { recall = true, remember = false } = use;
    const options = recall === true ? {} : recall === false ? undefined : recall;
    return { kind: 'notes', notes, recall: options, remember };
  }
  throw new EspalierError(
    'option-invalid',
    `memory: expected what defineMemory or defineNotes gives, got ${describeValue(given)}.`,
    { hint: 'Write @Agent({ memory: [profile, { notes: facts, remember: true }] }).' },
  );
}

/** Names of the tools that the model gets for it. */
export function memoryToolNames(use: ResolvedUse): readonly string[] {
  if (use.kind === 'memory') return use.update ? [toolName('update', use.memory)] : [];
  return [
    ...(use.recall === undefined ? [] : [toolName('recall', use.notes)]),
    ...(use.remember ? [toolName('remember', use.notes)] : []),
  ];
}

export const toolName = (verb: 'update' | 'recall' | 'remember', { name }: { readonly name: string }): string =>
  `${verb}_${name.replaceAll('-', '_')}`;
