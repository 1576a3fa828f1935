import type { Event } from '@espalier/core';

/** What one node is about. */
interface OpenNode {
  /** Steps that have begun and not ended, as people read them. */
  readonly steps: Map<string, string>;
  /** Model calls among them. */
  asked: number;
  /** It sleeps, or waits for a signal. */
  waits: boolean;
}

/** Follows the events of a run: which nodes have begun and not ended, and what they wait for. */
export class OpenWork {
  readonly #nodes = new Map<string, OpenNode>();

  see(event: Event): void {
    if (!('node' in event)) return;
    const { node } = event;
    const open = this.#nodes.get(node);
    switch (event.type) {
      case 'node-start':
        this.#nodes.set(node, { steps: new Map(), asked: 0, waits: false });
        break;
      case 'node-end':
      case 'node-retry':
        this.#nodes.delete(node);
        break;
      case 'node-suspend':
      case 'node-resume':
        if (open !== undefined) open.waits = event.type === 'node-suspend';
        break;
      case 'model-start':
        open?.steps.set(event.step, `node '${node}' waits for model '${event.model}'`);
        if (open !== undefined) open.asked += 1;
        break;
      case 'model-end':
        if (open?.steps.delete(event.step) === true) open.asked -= 1;
        break;
      case 'tool-start':
        open?.steps.set(event.step, `node '${node}' waits for tool '${event.tool}'`);
        break;
      case 'tool-end':
        open?.steps.delete(event.step);
        break;
      default:
    }
  }

  /** Whether an agent or a tool runs code of its own: it may do real input and output, which takes real time. */
  get runsCode(): boolean {
    for (const { waits, asked } of this.#nodes.values()) if (!waits && asked === 0) return true;
    return false;
  }

  /** As people read it. */
  describe(): readonly string[] {
    return [...this.#nodes].flatMap(([node, { steps }]) =>
      steps.size > 0 ? [...steps.values()] : [`node '${node}' runs`],
    );
  }
}
