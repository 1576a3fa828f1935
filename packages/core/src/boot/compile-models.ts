import { describeValue } from '../errors/espalier-error.js';
import type { Fault } from '../errors/graph-error.js';
import type { CompiledModel, ModelCandidate } from '../generation/compiled-model.js';
import type { EmbeddingModel } from '../memory/embedding-model.js';
import type { EmbeddingPolicies } from '../memory/memory-services.js';
import type { ChatModel, ChatResponse } from '../model/chat-model.js';
import { estimateTokens } from '../model/estimate-tokens.js';
import { type FallbackModels, isChatModel } from '../model/fallback-models.js';
import { type ModelPolicies, modelPoliciesFrom } from '../policies/model-policies.js';
import { byOrder } from '../policies/order.js';
import type { Policy } from '../policies/policy.js';
import type { TokenCount } from '../policies/token-limit.js';

export interface ModelOptions {
  readonly models?: Readonly<Record<string, ChatModel | FallbackModels>> | undefined;
  readonly modelPolicies?: Readonly<Record<string, ModelPolicies>> | undefined;
  readonly embeddings?: Readonly<Record<string, EmbeddingModel>> | undefined;
}

const tokens: TokenCount = {
  before: (request) => estimateTokens(request),
  after: (response) => {
    const { inputTokens, outputTokens } = (response as ChatResponse).usage;
    return inputTokens + outputTokens;
  },
};

/**
 * The registry of models, each with the policies of its provider and its own: one set of policies a key, whoever calls.
 * @throws policy-invalid
 */
export function compileModels({ models = {}, modelPolicies = {}, embeddings = {} }: ModelOptions): {
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly embeddingPolicies: EmbeddingPolicies;
  readonly faults: readonly Fault[];
} {
  const unused = new Set(Object.keys(modelPolicies));
  const policies = new Map(
    Object.entries(modelPolicies).map(([key, options]): [string, readonly Policy[]] => [
      key,
      modelPoliciesFrom(options, `modelPolicies['${key}']`, tokens),
    ]),
  );
  const policiesOf = (model: { readonly name: string }): readonly Policy[] => {
    const keys = new Set([model.name, providerOf(model)]); // one, where the name has no colon
    for (const key of keys) unused.delete(key);
    return [...keys].flatMap((key) => policies.get(key) ?? []).sort(byOrder);
  };
  const candidate = (model: ChatModel): ModelCandidate => ({ model, policies: policiesOf(model) });
  const faults: Fault[] = [];
  const compiled = new Map<string, CompiledModel>();
  for (const [name, model] of Object.entries(models)) {
    const asked: readonly unknown[] = isFallback(model) ? model.models : [model];
    const fault = asked.map((one) => modelFault(name, one)).find((one) => one !== undefined);
    if (fault !== undefined) faults.push(fault);
    else {
      const when = isFallback(model) ? model.when : () => false;
      compiled.set(name, { candidates: (asked as readonly ChatModel[]).map(candidate), when });
    }
  }
  const embeddingPolicies = new Map(Object.values(embeddings).map((model) => [model, policiesOf(model)]));
  for (const key of unused) faults.push(unknownKey(key, compiled, embeddingPolicies.keys()));
  return { models: compiled, embeddingPolicies, faults };
}

/** `openai` of `openai:gpt-5.5`. */
const providerOf = ({ name }: { readonly name: string }): string => name.split(':', 1)[0] as string;

const isFallback = (model: ChatModel | FallbackModels): model is FallbackModels =>
  (model as Partial<FallbackModels> | undefined)?.kind === 'fallback-models';

/** What is wrong with a registered model, if anything is. */
function modelFault(name: string, model: unknown): Fault | undefined {
  const wrong = (message: string): Fault => ({
    code: 'option-invalid',
    message: `models['${name}']: ${message}.`,
    hint: "Write models: { default: openai('gpt-5.5') }.",
    where: {},
  });
  if (!isChatModel(model)) return wrong(`expected a ChatModel or fallbackModels([…]), got ${describeValue(model)}`);
  const { name: own } = model as { readonly name?: unknown };
  if (typeof own === 'string' && own !== '') return undefined;
  return wrong(`expected a name, such as 'acme:large', got ${describeValue(own)}`);
}

function unknownKey(
  key: string,
  models: ReadonlyMap<string, CompiledModel>,
  embeddings: Iterable<EmbeddingModel>,
): Fault {
  const chat = [...models.values()].flatMap(({ candidates }) => candidates.map(({ model }) => model));
  const names = new Set<{ readonly name: string }>([...chat, ...embeddings]);
  const known = [...names].flatMap((model) => [providerOf(model), model.name]);
  return {
    code: 'option-invalid',
    message: `modelPolicies['${key}'] is the name of no provider and no model; there are: ${[...new Set(known)].join(', ')}.`,
    hint: "Write the provider's name, such as 'openai', or that of one model, such as 'openai:gpt-5.5'.",
    where: {},
  };
}
