import type { Anthropic } from '@anthropic-ai/sdk';
import { EspalierError, type FilePart } from '@espalier/core';

type FileBlock = Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam;

const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

/**
 * An image or a document as Claude takes it: JPEG, PNG, GIF, WebP and PDF, by URL or as data; text only as data.
 * @throws model-request-invalid for all else
 */
export function fileBlock(file: FilePart, model: string): FileBlock {
  const { mediaType, data, url } = withoutDataUrl(file);
  const title = file.name === undefined ? {} : { title: file.name };
  if (data !== undefined) {
    const image = images.find((known) => known === mediaType);
    if (image !== undefined) return { type: 'image', source: { type: 'base64', media_type: image, data } };
    if (mediaType === 'application/pdf') {
      return { type: 'document', source: { type: 'base64', media_type: mediaType, data }, ...title };
    }
    if (isText(mediaType)) {
      return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: decoded(data) }, ...title };
    }
  } else if (url !== undefined) {
    if (mediaType.startsWith('image/')) return { type: 'image', source: { type: 'url', url } };
    if (mediaType === 'application/pdf') return { type: 'document', source: { type: 'url', url }, ...title };
  }
  throw notTaken(file, model);
}

const isText = (mediaType: string): boolean => mediaType.startsWith('text/') || mediaType === 'application/json';

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** A `data:` URL is data: Anthropic fetches only what is on the web. */
function withoutDataUrl({ mediaType, data, url }: FilePart): Pick<FilePart, 'mediaType' | 'data' | 'url'> {
  const comma = url?.indexOf(',') ?? -1;
  if (data === undefined && url !== undefined && /^data:[^,]*;base64$/i.test(url.slice(0, comma))) {
    return { mediaType, data: url.slice(comma + 1) };
  }
  return { mediaType, ...(data === undefined ? {} : { data }), ...(url === undefined ? {} : { url }) };
}

function notTaken({ mediaType, name, data, url }: FilePart, model: string): EspalierError {
  const file = `${name === undefined ? 'a file' : `the file '${name}'`} of type '${mediaType}'`;
  const why =
    data === undefined && url === undefined
      ? `${file} has neither data nor a URL`
      : `it does not take ${file}${data === undefined ? ' by URL' : ''}`;
  return new EspalierError('model-request-invalid', `Model '${model}': ${why}.`, {
    hint: 'Give JPEG, PNG, GIF, WebP or PDF, by URL or as base64 data; text as base64 data.',
  });
}
