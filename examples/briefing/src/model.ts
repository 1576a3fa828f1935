import type { ChatModel } from '@espalier/core';
import { BadInput } from './documents/bad-input.js';

export interface ChosenModel {
  readonly model: ChatModel;
  /** Stands in the briefing, so that nobody takes one thing for another. */
  readonly notice: string;
}

/** What is asked where only a key is there. */
export const defaultModels = { openai: 'gpt-5.4-mini', anthropic: 'claude-haiku-4-5' } as const;

const forms = 'openai:MODEL, anthropic:MODEL, openai-compatible:URL#MODEL or offline';

/**
 * The model behind all agents that use one: the one that is named, else that of a provider whose key is in the
 * environment, else none at all: the offline model. An SDK is loaded only when its provider is asked.
 * @throws BadInput
 */
export async function chooseModel(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenModel> {
  const { OPENAI_API_KEY, ANTHROPIC_API_KEY, OPENAI_COMPATIBLE_API_KEY } = environment;
  const byKey = isSet(OPENAI_API_KEY)
    ? `openai:${defaultModels.openai}`
    : isSet(ANTHROPIC_API_KEY)
      ? `anthropic:${defaultModels.anthropic}`
      : 'offline';
  const wanted = named ?? byKey;
  const [provider, ...rest] = wanted.split(':');
  const name = rest.join(':');
  if (wanted === 'offline') return chooseOffline();
  if (name === '') throw unknown(wanted);
  if (provider === 'openai') {
    needKey(OPENAI_API_KEY, 'OPENAI_API_KEY', wanted);
    const { openai } = await import('@espalier/openai');
    return written(openai(name));
  }
  if (provider === 'anthropic') {
    needKey(ANTHROPIC_API_KEY, 'ANTHROPIC_API_KEY', wanted);
    const { anthropic } = await import('@espalier/anthropic');
    return written(anthropic(name));
  }
  if (provider === 'openai-compatible') return chooseCompatible(name, wanted, OPENAI_COMPATIBLE_API_KEY);
  throw unknown(wanted);
}

async function chooseOffline(): Promise<ChosenModel> {
  const { offline } = await import('@espalier/offline');
  return {
    model: offline(),
    notice: 'No language model was used: every statement is an extract, chosen by @espalier/offline.',
  };
}

async function chooseCompatible(place: string, wanted: string, apiKey: string | undefined): Promise<ChosenModel> {
  const [url = '', model = ''] = place.split(/#(.*)/s);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || model === '') throw unknown(wanted);
  const { openaiCompatible } = await import('@espalier/openai');
  return written(openaiCompatible(url, model, isSet(apiKey) ? { apiKey } : {}));
}

const written = (model: ChatModel): ChosenModel => ({
  model,
  notice: `Written by ${model.name}; every quote was found in its source, word for word.`,
});

const isSet = (key: string | undefined): key is string => key !== undefined && key.trim() !== '';

function needKey(key: string | undefined, variable: string, wanted: string): void {
  if (isSet(key)) return;
  throw new BadInput(`--model ${wanted} needs a key.`, `Set ${variable}, or leave --model out to go on without one.`);
}

const unknown = (wanted: string): BadInput =>
  new BadInput(`--model: there is no model '${wanted}'.`, `Write ${forms}.`);
