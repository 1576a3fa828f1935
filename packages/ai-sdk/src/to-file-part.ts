import type { LanguageModelV4, LanguageModelV4FilePart } from '@ai-sdk/provider';
import { EspalierError, type FilePart } from '@espalier/core';

/**
 * An image or a document as the AI SDK has it.
 * @throws model-request-invalid for a URL that the provider does not read: nothing is downloaded behind the user's back
 */
export async function toFilePart(file: FilePart, model: LanguageModelV4): Promise<LanguageModelV4FilePart> {
  const { mediaType, name, data, url } = file;
  const about = { type: 'file', mediaType, ...(name === undefined ? {} : { filename: name }) } as const;
  if (data !== undefined) return { ...about, data: { type: 'data', data } };
  if (url === undefined || !URL.canParse(url)) {
    throw refused(
      model,
      `a file of type '${mediaType}' has neither data nor a whole URL.`,
      'Give it `data` (base64) or a `url`.',
    );
  }
  if (!readsUrl(await model.supportedUrls, mediaType, url)) {
    const place = new URL(url).origin;
    throw refused(
      model,
      `the provider does not read files of type '${mediaType}' by URL from ${place === 'null' ? 'there' : place}.`,
      'Fetch the file yourself and give it as `data` (base64).',
    );
  }
  const parsed = new URL(url);
  return { ...about, data: { type: 'url', url: parsed, ...(parsed.href === url ? {} : { originalUrl: url }) } };
}

/** Keys are media types, or all of a kind: `image/*`, `*`. Patterns may be for URLs in lower case. */
function readsUrl(supported: Readonly<Record<string, readonly RegExp[]>>, mediaType: string, url: string): boolean {
  const type = mediaType.toLowerCase();
  const matches = (key: string): boolean => {
    if (key === '*' || key === '*/*') return true;
    return key.endsWith('/*') ? type.startsWith(key.slice(0, -1)) : type === key;
  };
  return Object.entries(supported).some(
    ([key, patterns]) =>
      // Our own copy of the pattern: one with the flag g or y begins where it ended the last time.
      matches(key.toLowerCase()) &&
      patterns.some((pattern) => new RegExp(pattern).test(url) || new RegExp(pattern).test(url.toLowerCase())),
  );
}

const refused = ({ provider, modelId }: LanguageModelV4, what: string, hint: string): EspalierError =>
  new EspalierError('model-request-invalid', `Model '${provider}:${modelId}': ${what}`, { hint });
