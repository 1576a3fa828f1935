import { parseArgs } from 'node:util';
import type { ContenderInfo } from './contender.js';
import { contenders } from './contenders/index.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';

export interface Arguments {
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly ContenderInfo[];
  readonly quick: boolean;
  readonly strict: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** The command line can't be read: what is wrong, and what may stand there. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const scenarioNames = [...new Set(scenarios.flatMap(({ family, name }) => [family, name]))];
const contenderNames = contenders.map(({ name }) => name);

export const help = `npm run bench -- [options]

  --only a,b        scenarios: ${scenarioNames.slice(0, 5).join(', ')},
                    ${scenarioNames.slice(5, 11).join(', ')},
                    ${scenarioNames.slice(11).join(', ')}
  --contenders a,b  ${contenderNames.join(', ')}
  --json FILE       writes every sample, with versions and machine
  --quick           tiny sizes, one round: only shows that everything works
  --strict          exit code 1 when a bar is missed
  --help            this text`;

/** @throws UsageError */
export function readArguments(args: readonly string[]): Arguments {
  const values = parse(args);
  const chosenScenarios = chosen('--only', values.only, scenarioNames);
  const chosenContenders = chosen('--contenders', values.contenders, contenderNames);
  return {
    scenarios: scenarios.filter(({ family, name }) => [family, name].some((word) => chosenScenarios.includes(word))),
    contenders: contenders.filter(({ name }) => chosenContenders.includes(name)),
    quick: values.quick,
    strict: values.strict,
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        contenders: { type: 'string' },
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function chosen(option: string, value: string | undefined, known: readonly string[]): readonly string[] {
  if (value === undefined) return known;
  const words = value.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    throw new UsageError(`${option}: unknown '${unknown.join("', '")}'. Known: ${known.join(', ')}.`);
  }
  return words;
}
