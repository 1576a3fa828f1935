import { parseArgs } from 'node:util';
import { BadInput } from './bad-input.js';

export const help = `A refund that waits for a person, survives every kill, and pays once.

  npm run approval                                       the story, told by real processes that are killed
  npm run approval -- request A-1042                     begins a refund
  npm run approval -- waiting                            what waits for a person
  npm run approval -- approve RUN --by NAME              approves it
  npm run approval -- reject RUN --by NAME --reason TEXT
  npm run approval -- audit RUN                          who decided what, and whether the record is whole
  npm run approval -- work                               goes on with what other processes left

  --folder DIR   where runs and the bank's book are kept (default: .espalier)`;

const commands = ['story', 'request', 'waiting', 'approve', 'reject', 'audit', 'work', 'help'] as const;
type Command = (typeof commands)[number];

export interface Options {
  readonly command: Command;
  /** An order's number or a run's id, where the command takes one. */
  readonly subject: string;
  readonly folder: string | undefined;
  readonly by: string | undefined;
  readonly reason: string | undefined;
  /** Id of a new run. */
  readonly run: string | undefined;
  /** How long the bank takes, in milliseconds. */
  readonly bankTakes: number;
}

const subjects: Partial<Record<Command, string>> = { request: 'ORDER', approve: 'RUN', reject: 'RUN', audit: 'RUN' };

/** @throws BadInput */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [word = 'story', subject = ''] = positionals;
  const command = values.help === true ? 'help' : commands.find((known) => known === word);
  if (command === undefined) throw new BadInput(`There is no command '${word}'. Known: ${commands.join(', ')}.`);
  const needed = subjects[command];
  if (needed !== undefined && subject === '') throw new BadInput(`${command} needs a ${needed}: ${command} ${needed}`);
  if ((command === 'approve' || command === 'reject') && values.by === undefined) {
    throw new BadInput(`${command} needs --by: who decides goes on record.`);
  }
  const { folder, by, reason, run } = values;
  return { command, subject, folder, by, reason, run, bankTakes: milliseconds(values['bank-takes']) };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    folder: text,
    by: text,
    reason: text,
    run: text,
    'bank-takes': text,
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
}

function milliseconds(text: string | undefined): number {
  const value = Number(text ?? 50);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new BadInput(`--bank-takes: expected milliseconds, got '${text}'.`);
}
