import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunContext } from '@espalier/core';

/**
 * What a process has done outside its journal, each as one line of a file that outlives it. What is written to a file is
 * kept when a process is killed; only a machine that loses power would want it on the disk as well.
 */
export interface Effect {
  /** Which process, by name. */
  readonly process: string;
  /**
   * `node`: an agent began. `model`, `tool`, `step`: a call was made. `answer`: the runtime has taken an answer.
   * `kept`: the store has acknowledged a record. `kill`: the process is about to kill itself.
   */
  readonly kind: 'node' | 'model' | 'tool' | 'step' | 'answer' | 'kept' | 'kill';
  /** Of a call, its idempotency key. */
  readonly key: string;
}

let handle: number | undefined;
let name = '';

/** From now on, effects go to this file, under this name. */
export function writeEffectsTo(file: string, process: string): void {
  if (handle !== undefined) closeSync(handle);
  handle = openSync(file, 'a');
  name = process;
}

export function note(kind: Effect['kind'], key: string): void {
  if (handle === undefined) throw new Error('nobody has said where effects go');
  writeSync(handle, `${JSON.stringify({ process: name, kind, key } satisfies Effect)}\n`);
}

/** Has an effect: it is written down first, and takes a moment, so that others run meanwhile. */
export async function act<T>(kind: 'model' | 'tool' | 'step', key: string, result: T): Promise<T> {
  note(kind, key);
  await pause(1);
  return result;
}

/** An agent begins. */
export function began({ runId, node, attempt }: RunContext): void {
  note('node', `${runId}/${node}#${attempt}`);
}

/** A durable step that has one effect. */
export function step<T>(ctx: RunContext, what: string, result: T): Promise<T> {
  return ctx.step(what, ({ idempotencyKey }) => act('step', idempotencyKey, result));
}
