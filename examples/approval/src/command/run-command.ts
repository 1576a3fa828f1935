import { EspalierError } from '@espalier/core';
import { type Desk, openDesk } from '../desk.js';
import { BadInput } from './bad-input.js';
import { decide } from './decide.js';
import { listQuestions } from './list-questions.js';
import { help, type Options, readOptions } from './options.js';
import { requestRefund } from './request-refund.js';
import { work } from './work.js';

/** @returns the exit code */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    console.log(await textOf(options));
    return 0;
  } catch (error) {
    if (error instanceof BadInput) console.error(`${error.message}\n\n${help}`);
    else if (EspalierError.is(error)) console.error(`${error.message}\n${error.hint}`);
    else throw error;
    return error instanceof BadInput ? 2 : 1;
  }
}

async function textOf(options: Options): Promise<string> {
  if (options.command === 'help') return help;
  if (options.command === 'story') return (await import('../story/tell-story.js')).tellStory(options.folder);
  const { folder = '.espalier', bankTakes } = options;
  const desk = await openDesk({ folder, bankTakes, takesOver: options.command === 'work' });
  try {
    return await perform(desk, options);
  } finally {
    await desk.close();
  }
}

async function perform(desk: Desk, options: Options): Promise<string> {
  const { command, subject, by = '', reason } = options;
  switch (command) {
    case 'request':
      return requestRefund(desk, subject, options);
    case 'approve':
      return decide(desk, subject, { approved: true, by, reason });
    case 'reject':
      return decide(desk, subject, { approved: false, by, reason });
    case 'audit':
      return String(await desk.espalier.audit(subject));
    case 'work':
      return work(desk);
    default:
      return listQuestions(desk);
  }
}
