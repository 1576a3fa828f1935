import { checkToolNames, isBody, listOf, refuse } from './checks.js';
import type { Body, Problem, ProviderApi } from './provider-api.js';
import { openaiRules } from './strict-rules.js';
import { checkStrictSchema } from './strict-schema.js';

/** OpenAI answers every wrong request with an error of this shape. */
export const openaiError = ({ status = 400, message, code, param }: Problem): Body => ({
  error: { message, type: errorType(status, code), param: param ?? null, code: code ?? codeOf(status) },
});

function errorType(status: number, code?: string): string {
  if (code === 'insufficient_quota') return code;
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

const codes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  429: 'rate_limit_exceeded',
  500: 'server_error',
};
const codeOf = (status: number): string | null => codes[status] ?? null;

export const openaiRefusals: ProviderApi['refusals'] = {
  'context-length': {
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    code: 'context_length_exceeded',
    param: 'input',
  },
  quota: {
    status: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    code: 'insufficient_quota',
  },
  'content-filter': {
    message: 'The response was filtered due to the prompt triggering a content management policy.',
    code: 'content_filter',
  },
};

export const openaiHeaders = {
  'openai-organization': 'org-test',
  'openai-processing-ms': '12',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
};

/** Both APIs take the key as a bearer; Azure has its own header. */
export const openaiKey = (header: (name: string) => string | undefined): string | undefined =>
  header('authorization')?.replace(/^Bearer /, '') ?? header('api-key');

export function checkKnown(body: Body, known: ReadonlySet<string>): void {
  for (const key of Object.keys(body)) {
    if (!known.has(key)) refuse(`Unknown parameter: '${key}'.`, key, 'unknown_parameter');
  }
}

export function required(body: Body, key: string, path = key): unknown {
  if (body[key] === undefined) refuse(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
  return body[key];
}

export function requiredText(body: Body, key: string, path: string): string {
  const value = required(body, key, path);
  if (typeof value !== 'string')
    refuse(`Invalid type for '${path}': expected a string, but got ${typeof value} instead.`, path, 'invalid_type');
  return value;
}

export function checkRange(body: Body, key: string, least: number, most: number): void {
  const value = body[key];
  if (typeof value !== 'number') return;
  if (value < least)
    refuse(`Invalid '${key}': below minimum value. Expected a value >= ${least}, but got ${value} instead.`, key);
  if (value > most)
    refuse(`Invalid '${key}': above maximum value. Expected a value <= ${most}, but got ${value} instead.`, key);
}

/** Function tools. @param at where the fields of a function stand within a tool */
export function checkFunctions(functions: readonly Body[], at: (index: number) => string): void {
  const names = functions.map((tool, index) => requiredText(tool, 'name', `${at(index)}.name`));
  checkToolNames(names, (index) => `${at(index)}.name`);
  for (const [index, { name, parameters, strict }] of functions.entries()) {
    const path = `${at(index)}.parameters`;
    if (strict === true) checkStrictSchema(parameters, openaiRules(`Invalid schema for function '${name}'`, path));
    else if (parameters !== undefined && parameters !== null && (!isBody(parameters) || parameters.type !== 'object'))
      refuse(`Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`, path);
  }
}

/** A choice of one function by name must name one that was given. */
export function checkChoice(choice: unknown, chosen: unknown, names: readonly string[]): void {
  if (choice === undefined || choice === null) return;
  if (names.length === 0 && choice !== 'none')
    refuse("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
  if (typeof choice === 'string') {
    if (!['auto', 'none', 'required'].includes(choice))
      refuse(`Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`, 'tool_choice');
  } else if (typeof chosen === 'string' && !names.includes(chosen)) {
    refuse(`Tool choice '${chosen}' not found in 'tools' parameter.`, 'tool_choice');
  }
}

/** The shape of an answer. @param path where it stands */
export function checkFormat(format: Body, path: string): void {
  const name = requiredText(format, 'name', `${path}.name`);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    refuse(`Invalid '${path}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.`, `${path}.name`);
  const schema = required(format, 'schema', `${path}.schema`);
  if (format.strict === true)
    checkStrictSchema(schema, openaiRules(`Invalid schema for response_format '${name}'`, path));
}

/** Parts of a content list must be of a kind that the role may have. */
export function checkParts(content: unknown, kinds: readonly string[], path: string): void {
  for (const [index, part] of listOf(content).entries()) {
    if (!kinds.includes(String(part.type))) {
      const supported = kinds.map((kind) => `'${kind}'`).join(', ');
      refuse(
        `Invalid value: '${part.type}'. Supported values are: ${supported}.`,
        `${path}[${index}].type`,
        'invalid_value',
      );
    }
  }
}

/** An image or file by URL: a web address or data of its own media type. */
export function checkUrl(url: unknown, path: string): void {
  const right =
    typeof url === 'string' && /^(https?:\/\/\S+|data:[\w.+-]+\/[\w.+-]+;base64,[A-Za-z0-9+/]+=*)$/.test(url);
  if (!right)
    refuse(`Invalid '${path}'. Expected a valid URL, but got a value with an invalid format.`, path, 'invalid_value');
}

const efforts: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
export function checkEffort(effort: unknown, path: string): void {
  if (effort === undefined || effort === null || efforts.has(effort)) return;
  refuse(`Invalid value: '${effort}'. Supported values are: ${[...efforts].join(', ')}.`, path, 'invalid_value');
}
