import { setTimeout as sleep } from 'node:timers/promises';
import type { Espalier, Event, NodeSuspendEvent, RunEndEvent } from '@espalier/core';

/** What a run waits for a person to answer, if it does. */
export function openQuestion(events: readonly Event[]): NodeSuspendEvent | undefined {
  const asked = events.findLast(
    (event): event is NodeSuspendEvent => event.type === 'node-suspend' && event.signal !== undefined,
  );
  const isOver = events.some(
    (event) => event.type === 'node-resume' && event.node === asked?.node && event.step === asked.step,
  );
  return isOver ? undefined : asked;
}

/** Waits until a run has ended, in whatever process it goes on. @returns nothing where that takes too long */
export async function endOf(espalier: Espalier, runId: string, within: number): Promise<RunEndEvent | undefined> {
  for (const until = Date.now() + within; Date.now() < until; await sleep(100)) {
    const end = (await espalier.history(runId)).at(-1);
    if (end?.type === 'run-end') return end;
  }
  return undefined;
}
