import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
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
import { renderTimes } from '../report/render-times.js';
import { briefingWorkflow } from '../workflow.js';
import { cancelOnInterrupt } from './cancel-on-interrupt.js';
import { checkFolder, checkReport } from './check-paths.js';
import { exitCodeOf, failureText } from './failure-text.js';
import { help } from './help.js';
import { type Options, readOptions } from './options.js';

const ownDocs = fileURLToPath(new URL('../../../../docs', import.meta.url));

/** The whole command. @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (!options.help) return await brief(options);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    process.stderr.write(failureText(error));
    return exitCodeOf(error);
  }
}

async function brief(options: Options): Promise<number> {
  const request = await requestOf(options);
  const { model, notice } = chooseModel();
  const workflow = briefingWorkflow(options.concurrency);
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
  if (outcome.status !== 'completed') return failed(outcome);
  await deliver(outcome.output as Briefing, notice, request);
  process.stdout.write(renderTimes(progress, plan));
  return 0;
}

async function requestOf(options: Options): Promise<BriefingRequest> {
  const { question, maxFiles, maxFileBytes, maxTotalBytes } = options;
  const folder = await checkFolder(options.folder ?? ownDocs);
  const report = options.out === undefined ? undefined : await checkReport(options.out, options.force);
  return {
    folder,
    maxFiles,
    maxFileBytes,
    maxTotalBytes,
    ...(question === undefined ? {} : { question }),
    ...(report === undefined ? {} : { report }),
  };
}

async function deliver(briefing: Briefing, notice: string, request: BriefingRequest): Promise<void> {
  const markdown = renderBriefing(briefing, { notice, question: request.question });
  if (request.report === undefined) {
    process.stdout.write(`\n${markdown}`);
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
