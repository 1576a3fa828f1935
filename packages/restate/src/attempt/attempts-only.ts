import { EmbeddedEngine, MemoryJournal, type RuntimeHost, type StartBody } from '@espalier/core';
import { unsupported } from '../unsupported.js';

/** The engine of a worker's own runtime, which makes attempts and holds no runs: a child run would be lost with its worker. */
export class AttemptsOnly extends EmbeddedEngine {
  constructor({ clock, owner }: RuntimeHost) {
    super(new MemoryJournal(), clock, owner);
  }

  override open({ runId, workflow }: StartBody): never {
    throw unsupported(`ctx.call('${workflow}'): runs on Restate have no child runs yet.`, runId);
  }
}
