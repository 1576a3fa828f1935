import { writeFile } from 'node:fs/promises';
import { createEspalier, type RunOutcome } from '@espalier/core';
import type { BriefingRequest } from '../agents/request.js';
import { BadInput } from '../documents/bad-input.js';
import { DocumentFolder } from '../documents/document-folder.js';
import { PassageIndex } from '../documents/passage-index.js';
import { chooseModel } from '../model.js';
import { RunProgress } from '../progress/run-progress.js';
import { showProgress } from '../progress/show-progress.js';
import type { Briefing } from '../report/briefing.js';
import { renderBriefing } from '../report/render-briefing.js';
import { renderGraph } from '../report/render-graph.js';
import { renderTimes } from '../report/render-times.js';
import { wrapLines } from '../report/wrap-lines.js';
import { briefingWorkflow } from '../workflow.js';
import { cancelOnInterrupt } from './cancel-on-interrupt.js';
import { exitCodeOf, failureText } from './failure-text.js';

/** Runs the workflow and shows it. @returns the exit code */
export async function brief(request: BriefingRequest, concurrency: number): Promise<number> {
  const { model, notice } = chooseModel();
  const workflow = briefingWorkflow(concurrency);
  const espalier = await createEspalier({
    workflows: [workflow],
    providers: [DocumentFolder, PassageIndex],
    models: { default: model },
  });
  const plan = espalier.describe(workflow);
  const progress = new RunProgress(plan);
  const run = espalier.start(workflow, request);
  const stopListening = cancelOnInterrupt(run);
  const stopShowing = showProgress(run, progress, `Briefing on ${request.folder}`);
  const outcome = await run.outcome;
  await stopShowing();
  stopListening();
  if (outcome.output === undefined) return failed(outcome);
  await deliver(outcome.output, notice, request);
  process.stdout.write(renderGraph(plan, outcome) + renderTimes(progress, plan));
  return 0;
}

async function deliver(briefing: Briefing, notice: string, request: BriefingRequest): Promise<void> {
  const markdown = renderBriefing(briefing, { notice, question: request.question });
  if (request.report === undefined) {
    const { isTTY, columns } = process.stdout;
    process.stdout.write(`\n${isTTY === true ? wrapLines(markdown, columns) : markdown}`);
    return;
  }
  await writeFile(request.report, markdown).catch((error: Error) => {
    throw new BadInput(
      `--out: ${request.report} can't be written: ${error.message}.`,
      'Name a file in another folder.',
    );
  });
  process.stdout.write(`\nThe briefing is in ${request.report}\n`);
}

function failed({ status, error }: RunOutcome): number {
  if (status === 'cancelled') {
    process.stderr.write('Cancelled. Nothing was written.\n');
    return 130;
  }
  process.stderr.write(failureText(error));
  return exitCodeOf(error);
}
