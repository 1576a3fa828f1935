import type { Event, Run, RunStatus, Suspension } from '@espalier/core';

/** How a run stands, by the events that have come. */
export class StatusOfEvents {
  status: RunStatus = 'running';
  readonly #waits = new Map<string, Suspension>();

  constructor(events: Run['events$']) {
    events.subscribe({ next: (event) => this.#take(event), error: () => {} });
  }

  get suspensions(): readonly Suspension[] {
    return [...this.#waits.values()];
  }

  #take(event: Event): void {
    switch (event.type) {
      case 'run-suspend':
        this.status = 'suspended';
        break;
      case 'run-resume':
        this.status = 'running';
        break;
      case 'run-end':
        this.status = event.status;
        this.#waits.clear();
        break;
      case 'node-suspend':
        if (event.signal !== undefined) {
          const { node, signal, request } = event;
          this.#waits.set(placeOf(event), { node, signal, request });
        }
        break;
      case 'node-resume':
        this.#waits.delete(placeOf(event));
        break;
      default:
        break;
    }
  }
}

const placeOf = ({ node, step }: { readonly node: string; readonly step: string }): string => `${node}\n${step}`;
