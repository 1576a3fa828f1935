import { fileURLToPath } from 'node:url';
import type { BriefingRequest } from '../agents/request.js';
import { checkFolder, checkReport } from './check-paths.js';
import { exitCodeOf, failureText } from './failure-text.js';
import { help } from './help.js';
import { type Options, readOptions } from './options.js';

const ownDocs = fileURLToPath(new URL('../../../../docs', import.meta.url));

/** The whole command. What is wrong with it is told before anything heavy is loaded. @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(help);
      return 0;
    }
    const request = await requestOf(options);
    const { brief } = await import('./brief.js');
    return await brief(request, options);
  } catch (error) {
    process.stderr.write(failureText(error));
    return exitCodeOf(error);
  }
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
