import type { JSONObject, JSONSchema7, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { type ChatOptions, type ChatRequest, type ChatSettings, EspalierError, type ToolChoice } from '@espalier/core';
import type { AiSdkOptions } from './options.js';
import { KEY } from './provider-data.js';
import type { ProviderOptions, ProviderTraits } from './provider-traits.js';
import { outputSchema, toolSchema } from './schema.js';
import { toPrompt } from './to-prompt.js';
import type { OnWarning } from './warnings.js';

/** What a model is asked with besides the request itself. */
export interface CallSetup {
  readonly model: LanguageModelV4;
  readonly traits: ProviderTraits;
  readonly options: AiSdkOptions;
  readonly onWarning: OnWarning;
  /** Whether the provider is to keep to schemas to the letter. */
  readonly strict: boolean;
}

/** A request as the AI SDK has it. */
export async function toCallOptions(
  request: ChatRequest,
  { signal, idempotencyKey }: ChatOptions,
  setup: CallSetup,
): Promise<LanguageModelV4CallOptions> {
  const { output, settings = {}, tools = [] } = request;
  const providerOptions = toProviderOptions(settings, tools.length > 0, setup);
  return {
    prompt: await toPrompt(request.messages, setup.model),
    ...toSettings(settings),
    ...(tools.length === 0 ? {} : toTools(request, setup.strict)),
    ...(output === undefined ? {} : toResponseFormat(output, setup)),
    ...(Object.keys(providerOptions).length === 0 ? {} : { providerOptions }),
    headers: { 'Idempotency-Key': idempotencyKey },
    abortSignal: signal,
  };
}

function toSettings(settings: ChatSettings): Partial<LanguageModelV4CallOptions> {
  const { temperature, topP, seed, maxOutputTokens, stop, reasoning } = settings;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

/** @throws schema-unsupported where the provider cannot be held to the schema */
function toResponseFormat(
  { name, schema }: NonNullable<ChatRequest['output']>,
  { strict, model }: CallSetup,
): Pick<LanguageModelV4CallOptions, 'responseFormat'> {
  const lowered = outputSchema(schema, strict);
  const [issue] = lowered.issues;
  if (issue !== undefined) {
    throw new EspalierError(
      'schema-unsupported',
      `Model '${model.provider}:${model.modelId}' cannot take the schema of '${name}': ${issue.path} ${issue.message}.`,
      { hint: 'Change the schema, or turn strict schemas off: aiSdk(model, { strict: false }).' },
    );
  }
  return { responseFormat: { type: 'json', name, schema: lowered.schema as unknown as JSONSchema7 } };
}

function toTools(
  { tools = [], toolChoice }: ChatRequest,
  strict: boolean,
): Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'> {
  return {
    tools: tools.map(({ name, description, parameters }) => {
      const lowered = toolSchema(parameters, strict);
      const inputSchema = lowered.schema as unknown as JSONSchema7;
      return { type: 'function', name, description, inputSchema, ...(lowered.strict ? { strict: true } : {}) };
    }),
    ...(toolChoice === undefined ? {} : { toolChoice: toChoice(toolChoice) }),
  };
}

const toChoice = (choice: ToolChoice): NonNullable<LanguageModelV4CallOptions['toolChoice']> =>
  typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.tool };

/** What only one provider knows, from the general to the particular: later wins, key by key. */
function toProviderOptions(settings: ChatSettings, hasTools: boolean, setup: CallSetup): Record<string, JSONObject> {
  const { traits, options, onWarning, strict } = setup;
  const { parallelToolCalls, promptCache } = settings;
  const layers: (ProviderOptions | undefined)[] = [traits.always, strict ? undefined : traits.openSchemas];
  if (promptCache === true) {
    if (traits.promptCache === undefined) onWarning(unknownTo(setup.model, 'promptCache', 'other'));
    layers.push(traits.promptCache);
  }
  if (parallelToolCalls !== undefined && hasTools) {
    if (traits.parallelToolCalls !== undefined) layers.push(traits.parallelToolCalls(parallelToolCalls));
    else if (!parallelToolCalls) onWarning(unknownTo(setup.model, 'parallelToolCalls', 'unsupported'));
  }
  layers.push(options.providerOptions as ProviderOptions | undefined);
  layers.push(settings.providers?.[KEY] as ProviderOptions | undefined);
  const merged: Record<string, JSONObject> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) merged[key] = { ...merged[key], ...value };
  }
  return merged;
}

const unknownTo = ({ provider }: LanguageModelV4, feature: string, type: 'other' | 'unsupported') => ({
  type,
  feature,
  message: `${feature}: the AI SDK has no word for it; what the provider '${provider}' calls it goes into providerOptions`,
});
