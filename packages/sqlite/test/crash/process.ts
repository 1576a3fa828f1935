// A process of its own: runs workflows on a store, writes down what it does outside, and kills itself when told to.
// Takes one order a line, and prints one report a line.
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createEspalier,
  type Espalier,
  EspalierError,
  type Json,
  type Resolver,
  type Run,
  type RunEndEvent,
  type Store,
} from '@espalier/core';
import { sqlite } from '../../src/index.js';
import { note, writeEffectsTo } from './effects.js';
import { DeadlyWrites } from './kill.js';
import { model } from './model.js';
import type { Order, Report, RunReport } from './orders.js';
import type { Subject } from './subjects/subject.js';
import { subjectOf, subjects } from './subjects/subjects.js';

interface Place {
  readonly espalier: Espalier;
  readonly store: Store;
  /** Who answers. */
  readonly name: string;
  /** Whether a run that was begun goes on by itself. */
  waitsFor(runId: string): boolean;
}

/** What says that somebody else has the run now, or had it until now: look again. */
const AGAIN: ReadonlySet<string> = new Set(['run-owned', 'run-exists', 'run-settled']);

/** Agents that take nothing need no container, which takes long to load. */
const resolver: Resolver = { get: (token) => new (token as new () => never)() };

const workflows = [...new Set(subjects.map(({ workflow }) => workflow))];

async function obey({ name, file, effects, runs, kill, recovers = false, lease = '1s' }: Order): Promise<Report> {
  writeEffectsTo(effects, name);
  const writes = new DeadlyWrites(kill);
  const store = writes.wrap(sqlite(file, { lease, poll: 3, driver: writes.driver }));
  const refused = new Set<string>();
  const layAsideAfter = Math.min(...runs.map(({ subject }) => subjectOf(subject).layAsideAfter ?? 5000));
  const recovery = { every: 10, onRefused: ({ runId }: { readonly runId: string }) => refused.add(runId) };
  const espalier = await createEspalier({
    ...{ workflows, models: { default: model }, store, resolver, layAsideAfter },
    recovery: recovers ? recovery : false,
  });
  const waitsFor = (runId: string): boolean => recovers && !refused.has(runId);
  const place = { espalier, store, name, waitsFor };
  const reports = await Promise.all(runs.map(({ runId, subject }) => bringToEnd(place, runId, subjectOf(subject))));
  await espalier.drain();
  await store.close();
  return { name, runs: reports, writes: writes.count };
}

/** Whatever stands in the file: begins the run, goes on with it, or reads how it ended. */
async function bringToEnd(place: Place, runId: string, subject: Subject): Promise<RunReport> {
  const watch = { over: false };
  void answerAll(place, runId, subject, watch);
  try {
    for (;;) {
      const found = await place.store.find(runId);
      if (found?.ended === true) return await ended(place.store, runId);
      const goesOnByItself = found !== undefined && place.waitsFor(runId);
      try {
        if (!goesOnByItself) return await reportOf(await enter(place, runId, subject, found !== undefined), subject);
      } catch (error) {
        if (!EspalierError.is(error)) throw error;
        if (!AGAIN.has(error.code)) return { runId, lost: error.code };
      }
      await pause(4);
    }
  } finally {
    watch.over = true;
  }
}

function enter({ espalier }: Place, runId: string, subject: Subject, known: boolean): Promise<Run> | Run {
  if (known) return espalier.resume(runId);
  const { threadId } = subject;
  return espalier.start(subject.workflow, subject.input, { runId, ...(threadId === undefined ? {} : { threadId }) });
}

async function reportOf(run: Run, { state }: Subject): Promise<RunReport> {
  const outcome = await run.outcome;
  const { status, output, error, usage } = outcome;
  return {
    runId: run.id,
    status,
    ...(output === undefined ? {} : { output: output as Json }),
    ...(EspalierError.is(error) ? { errorCode: error.code } : {}),
    ...(state === undefined ? {} : { state: outcome.state(state) as Json }),
    usage: { ...usage },
  };
}

async function ended(store: Store, runId: string): Promise<RunReport> {
  const { status, output, error } = (await store.read(runId)).at(-1) as RunEndEvent;
  return {
    runId,
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { errorCode: error.code }),
  };
}

/** Answers whatever the run waits for, as soon as it does, until somebody has. */
async function answerAll(place: Place, runId: string, subject: Subject, watch: { readonly over: boolean }) {
  for (const { signal, child = '', value } of subject.answers ?? []) {
    while (!watch.over) {
      try {
        await place.espalier.signal(`${runId}${child}`, signal, value(place.name));
        note('answer', `${runId}${child} ${signal}`);
        break;
      } catch (error) {
        if (EspalierError.is(error, 'signal-answered')) break;
        await pause(2);
      }
    }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const report = await obey(JSON.parse(line) as Order);
  writeSync(1, `${JSON.stringify(report)}\n`);
  flushCompileCache(); // so that the next process starts faster: one that is killed cannot do it any more
}
