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
import type { Options } from './options.js';

export type BriefOptions = Pick<Options, 'concurrency' | 'model'>;

/** Runs the workflow and shows it. @returns the exit code */
export async function brief(request: BriefingRequest, { concurrency, model: named }: BriefOptions): Promise<number> {
  const { model, notice } = await chooseModel(named, process.env);
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
  const silent = neverAnswered(outcome);
  if (silent !== undefined) {
    process.stderr.write(failureText(silent));
    return exitCodeOf(silent);
  }
  if (outcome.output === undefined) return failed(outcome);
  await deliver(outcome.output, notice, request);
  process.stdout.write(renderGraph(plan, outcome) + renderTimes(progress, plan));
  return 0;
}

/**
 * Why the model gave nothing at all, if so: a briefing of what is left when every model agent failed is not what was asked
 * for, and hides a wrong key.
 */
function neverAnswered(outcome: RunOutcome): unknown {
  const { modelCalls, outputTokens } = outcome.usage;
  if (modelCalls === 0 || outputTokens > 0) return undefined;
  return Object.values(outcome.nodes()).find(({ error }) => error !== undefined)?.error;
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
