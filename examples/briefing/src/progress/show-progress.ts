import type { Run } from '@espalier/core';
import { createLogUpdate } from 'log-update';
import { drawProgress } from './draw-progress.js';
import { PlainLines } from './plain-lines.js';
import type { RunProgress } from './run-progress.js';

const framesPerSecond = 10;

/** Shows a run on the error stream: live on a terminal, as plain lines elsewhere. @returns what waits for the end */
export function showProgress(run: Run<unknown>, progress: RunProgress, heading: string): () => Promise<void> {
  return isLive() ? showLive(run, progress, heading) : showPlain(run, progress, heading);
}

function isLive(): boolean {
  const { CI = '', TERM } = process.env;
  const inCI = CI !== '' && CI !== 'false';
  return process.stderr.isTTY === true && !inCI && TERM !== 'dumb';
}

function showLive(run: Run<unknown>, progress: RunProgress, heading: string): () => Promise<void> {
  const { stderr } = process;
  const update = createLogUpdate(stderr);
  const pause = 1000 / framesPerSecond;
  const colour = (process.env.NO_COLOR ?? '') === '';
  let drawn = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    const { columns, rows } = stderr;
    drawn = Date.now();
    update(drawProgress(heading, progress, { columns, rows, colour, now: Date.now() }).join('\n'));
  };
  // What stays on the screen shows every node, also where they do not fit while it is redrawn.
  const leave = (): void => {
    update.clear();
    update.done();
    const { columns } = stderr;
    const lines = drawProgress(heading, progress, { columns, rows: 1000, colour, now: Date.now() });
    stderr.write(`${lines.join('\n')}\n`);
  };
  // By the clock, so that times go on; and by events, for agents that compute may keep the clock from its turn.
  // Each agent is seen at work, however quick it is.
  const timer = setInterval(draw, pause);
  const ended = each(run, (event) => {
    const changed = progress.take(event);
    if (changed || Date.now() - drawn >= pause) draw();
  });
  return async () => {
    await ended;
    clearInterval(timer);
    leave();
  };
}

function showPlain(run: Run<unknown>, progress: RunProgress, heading: string): () => Promise<void> {
  const lines = new PlainLines(progress, (line) => process.stderr.write(`${line}\n`));
  process.stderr.write(`${heading}\n`);
  const ended = each(run, (event) => {
    progress.take(event);
    lines.take(event);
  });
  return () => ended;
}

function each(run: Run<unknown>, take: (event: Parameters<RunProgress['take']>[0]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    run.events$.subscribe({ next: take, complete: resolve, error: reject });
  });
}
