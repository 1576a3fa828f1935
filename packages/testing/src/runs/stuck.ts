import { EspalierError, type Run } from '@espalier/core';
import type { OpenWork } from './open-work.js';

/** The run rests until somebody answers, and nobody will. */
export function unanswered(run: Run<unknown>): EspalierError {
  const waits = run.suspensions.map(({ node, signal }) => `  - node '${node}' waits for signal '${signal}'`);
  const [first] = run.suspensions;
  return new EspalierError(
    'run-stuck',
    ['The run waits for an answer that the test does not give:', ...waits].join('\n'),
    {
      hint: `Give it: run(input, { answers: { ${JSON.stringify(first?.signal ?? 'name')}: … } }).`,
    },
  );
}

/** Nothing has happened for too long. */
export function silent(work: OpenWork, seconds: number): EspalierError {
  const open = work.describe().map((one) => `  - ${one}`);
  const message = `Nothing has happened for ${seconds} s of real time, and no timer waits:`;
  return new EspalierError('run-stuck', [message, ...open].join('\n'), {
    hint: 'It may wait for something that the test does not give. Where it only takes longer, write run(input, { patience: … }).',
  });
}
