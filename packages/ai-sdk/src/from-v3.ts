import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FilePart,
  LanguageModelV3Prompt,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
  SharedV4Warning,
} from '@ai-sdk/provider';

/**
 * A model of the specification before the current one, in the current form. For what we ask of a model they differ in
 * two things: how the data of a file is written, and that `reasoning` is not known. What it answers can stay.
 */
export function fromV3(model: LanguageModelV3): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    async doGenerate(options) {
      const result = (await model.doGenerate(optionsOf(options))) as LanguageModelV4GenerateResult;
      return { ...result, warnings: [...unknownSettings(options), ...result.warnings] };
    },
    async doStream(options) {
      const result = (await model.doStream(optionsOf(options))) as LanguageModelV4StreamResult;
      const warnings = unknownSettings(options);
      if (warnings.length === 0) return result;
      return { ...result, stream: result.stream.pipeThrough(beginWith({ type: 'stream-start', warnings })) };
    },
  };
}

function optionsOf({ prompt, reasoning, ...options }: LanguageModelV4CallOptions): LanguageModelV3CallOptions {
  const messages = prompt.map((message) =>
    message.role === 'user'
      ? { ...message, content: message.content.map((part) => (part.type === 'file' ? fileOf(part) : part)) }
      : message,
  );
  return { ...options, prompt: messages as LanguageModelV3Prompt };
}

function fileOf({ data, ...part }: LanguageModelV4FilePart): LanguageModelV3FilePart {
  if (data.type === 'data') return { ...part, data: data.data };
  if (data.type === 'url') return { ...part, data: data.url };
  throw new TypeError(`a file of type '${data.type}' was never asked for`);
}

function unknownSettings({ reasoning }: LanguageModelV4CallOptions): SharedV4Warning[] {
  if (reasoning === undefined) return [];
  const details = "The model's package is of AI SDK 6, where reasoning is set by providerOptions.";
  return [{ type: 'unsupported', feature: 'reasoning', details }];
}

const beginWith = <Part>(first: Part): TransformStream<Part, Part> =>
  new TransformStream<Part, Part>({ start: (controller) => controller.enqueue(first) });
