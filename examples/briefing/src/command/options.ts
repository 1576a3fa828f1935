import { parseArgs } from 'node:util';
import { BadInput } from '../documents/bad-input.js';
import type { Bounds } from '../documents/source-document.js';
import { parseSize } from './parse-size.js';

export interface Options extends Bounds {
  /** As it was given; none for this repository's own docs. */
  readonly folder: string | undefined;
  readonly question: string | undefined;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly concurrency: number;
  /** As it was given; none for what the environment says. */
  readonly model: string | undefined;
  readonly help: boolean;
}

const flags = {
  question: { type: 'string', short: 'q' },
  out: { type: 'string', short: 'o' },
  force: { type: 'boolean', default: false },
  'max-files': { type: 'string', default: '5000' },
  'max-file': { type: 'string', default: '2MB' },
  'max-total': { type: 'string', default: '100MB' },
  concurrency: { type: 'string', default: '8' },
  model: { type: 'string', short: 'm' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const seeHelp = 'Run it with --help to see all options.';

/** @throws BadInput that says what is wrong with the command line */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1)
    throw new BadInput(
      `Expected one folder, got ${positionals.length}: ${positionals.join(', ')}.`,
      'Put a question into quotation marks: --question "What is it about?"',
    );
  return {
    folder: named('The folder', positionals[0]),
    question: named('--question', values.question),
    out: named('--out', values.out),
    force: values.force,
    help: values.help,
    maxFiles: count('--max-files', values['max-files'], 10_000),
    maxFileBytes: parseSize('--max-file', values['max-file'], '64MB'),
    maxTotalBytes: parseSize('--max-total', values['max-total'], '512MB'),
    concurrency: count('--concurrency', values.concurrency, 256),
    model: named('--model', values.model),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new BadInput(explain(error as Error & { code?: string }), seeHelp);
  }
}

function explain({ code, message }: Error & { code?: string }): string {
  const flag = /'(-{1,2}[^' ,]*)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const meant = Object.keys(flags).find((name) => near(name, flag.replace(/^-+/, '')));
    return `There is no option ${flag}.${meant === undefined ? '' : ` Is --${meant} meant?`}`;
  }
  const name = /--([\w-]+)/.exec(message)?.[1] ?? '';
  return /argument missing|ambiguous/.test(message) && name !== ''
    ? `--${name} needs a value after it.`
    : `The command line can't be read: ${message.split('\n')[0]}`;
}

/** One letter more, less or other, or the same beginning. */
function near(name: string, given: string): boolean {
  if (given.length >= 3 && (name.startsWith(given) || given.startsWith(name))) return true;
  let start = 0;
  while (start < given.length && given[start] === name[start]) start += 1;
  const rests = [given.slice(start), name.slice(start)] as const;
  const [a, b] = rests;
  return given.length >= 3 && (a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1) || swapped(a) === b);
}

const swapped = (text: string): string => `${text[1] ?? ''}${text[0] ?? ''}${text.slice(2)}`;

function named(what: string, value: string | undefined): string | undefined {
  if (value === undefined || value.trim() !== '') return value;
  throw new BadInput(`${what} is empty.`, `Write something between the quotation marks, or leave it out.`);
}

function count(flag: string, value: string, most: number): number {
  const number = Number(value.replaceAll('_', ''));
  if (/^[\d_]+$/.test(value) && number >= 1 && number <= most) return number;
  throw new BadInput(`${flag}: expected a whole number from 1 to ${most}, got "${value}".`, seeHelp);
}
