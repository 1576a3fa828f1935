import { EspalierError, type Event, type Run } from '@espalier/core';

/** What a run waits for, as people read it: the nodes that have begun and not ended, with their open steps. */
function openWork(events: readonly Event[]): readonly string[] {
  const open = new Map<string, string>();
  for (const event of events) {
    switch (event.type) {
      case 'node-start':
        open.set(event.node, `node '${event.node}' runs`);
        break;
      case 'node-end':
        open.delete(event.node);
        break;
      case 'model-start':
        open.set(`${event.node} ${event.step}`, `node '${event.node}' waits for model '${event.model}'`);
        break;
      case 'tool-start':
        open.set(`${event.node} ${event.step}`, `node '${event.node}' waits for tool '${event.tool}'`);
        break;
      case 'model-end':
      case 'tool-end':
        open.delete(`${event.node} ${event.step}`);
        break;
      default:
    }
  }
  return [...open.values()];
}

/** The run rests until somebody answers, and nobody will. */
export function unanswered(run: Run<unknown>): EspalierError {
  const waits = run.suspensions.map(({ node, signal }) => `  - node '${node}' waits for signal '${signal}'`);
  const [first] = run.suspensions;
  return new EspalierError(
    'run-stuck',
    [`The run waits for an answer that the test does not give:`, ...waits].join('\n'),
    { hint: `Give it: run(input, { answers: { ${JSON.stringify(first?.signal ?? 'name')}: … } }).` },
  );
}

/** Nothing has happened for too long. */
export const silent = (events: readonly Event[], seconds: number): EspalierError =>
  new EspalierError(
    'run-stuck',
    [
      `Nothing has happened for ${seconds} s of real time, and no timer waits:`,
      ...openWork(events).map((work) => `  - ${work}`),
    ].join('\n'),
    { hint: 'A tool or a service may wait for something that the test does not give, or for real time.' },
  );
