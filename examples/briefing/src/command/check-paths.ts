import { access, constants, readdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInput } from '../documents/bad-input.js';
import { fileProblem } from '../documents/file-problem.js';

/** The full path of a folder that is there. @throws BadInput */
export async function checkFolder(given: string): Promise<string> {
  const folder = resolve(given);
  const stats = await stat(folder).catch((error: unknown) => error as Error);
  if (stats instanceof Error) {
    if ((stats as { code?: string }).code === 'ENOENT')
      throw new BadInput(`There is no folder ${folder}.`, `Check the path; it is taken from ${process.cwd()}.`);
    throw new BadInput(
      `The folder ${folder} can't be read: ${fileProblem(stats)}.`,
      'Name a folder that you may read.',
    );
  }
  if (!stats.isDirectory())
    throw new BadInput(`${folder} is a file.`, `Name the folder that it is in: ${dirname(folder)}`);
  await readdir(folder).catch((error: unknown) => {
    throw new BadInput(
      `The folder ${folder} can't be read: ${fileProblem(error)}.`,
      'Name a folder that you may read.',
    );
  });
  return folder;
}

/** The full path of a report that can be written. Asked before the work, not after it. @throws BadInput */
export async function checkReport(given: string, force: boolean): Promise<string> {
  const report = resolve(given);
  const folder = dirname(report);
  const around = await stat(folder).catch(() => undefined);
  if (around === undefined || !around.isDirectory())
    throw new BadInput(`--out: there is no folder ${folder}.`, 'Create it first, or name a file in another folder.');
  const there = await stat(report).catch(() => undefined);
  if (there?.isDirectory() === true)
    throw new BadInput(
      `--out: ${report} is a folder.`,
      `Name a file in it, such as ${given.replace(/\/$/, '')}/report.md`,
    );
  if (there !== undefined && !force)
    throw new BadInput(`--out: ${report} is there already.`, 'Add --force to replace it, or name another file.');
  await access(there === undefined ? folder : report, constants.W_OK).catch(() => {
    throw new BadInput(`--out: no permission to write ${report}.`, 'Name a file that you may write.');
  });
  return report;
}
