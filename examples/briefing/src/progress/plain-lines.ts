import type { Event } from '@espalier/core';
import { detailsOf } from './draw-progress.js';
import { durationText } from './duration-text.js';
import type { RunProgress } from './run-progress.js';

/** A node with many items says how far it is, at most this often. */
const tenths = 10;

/** Progress for logs: a line when a node has ended, and a few on the way of those with many items. */
export class PlainLines {
  readonly #told = new Map<string, number>();

  constructor(
    private readonly progress: RunProgress,
    private readonly write: (line: string) => void,
  ) {}

  take(event: Event): void {
    if (event.type === 'node-end' || event.type === 'node-skip') {
      const node = this.progress.nodes.find(({ name }) => name === event.node);
      if (node === undefined) this.#items(event.node);
      else
        this.write(
          `${node.name}: ${[node.standing, ...timeOf(node), detailsOf(node)].filter((part) => part !== '').join(', ')}`,
        );
    }
  }

  #items(path: string): void {
    const node = this.progress.nodes.find(({ name }) => path.startsWith(`${name}[`));
    if (node?.items === undefined || node.items.count < 100) return;
    const { count, ended } = node.items;
    const tenth = Math.floor((ended / count) * tenths);
    if (tenth >= tenths || tenth <= (this.#told.get(node.name) ?? 0)) return;
    this.#told.set(node.name, tenth);
    this.write(`${node.name}: ${ended}/${count}`);
  }
}

function timeOf({
  startedAt,
  endedAt,
}: {
  startedAt: number | undefined;
  endedAt: number | undefined;
}): readonly string[] {
  return startedAt === undefined || endedAt === undefined ? [] : [durationText(endedAt - startedAt)];
}
