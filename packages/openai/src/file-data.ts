import { EspalierError, type FilePart } from '@espalier/core';

/** A file's own address, or its data as one. */
export function urlOf({ url, data, mediaType }: FilePart, model: string): string {
  if (data !== undefined) return `data:${mediaType};base64,${data}`;
  if (url !== undefined) return url;
  throw new EspalierError(
    'model-request-invalid',
    `Model '${model}': a file of type '${mediaType}' has neither url nor data.`,
  );
}

export const isImage = ({ mediaType }: FilePart): boolean => mediaType.startsWith('image/');

/** The API wants a name for data, with the ending that tells its kind. */
export const nameOf = ({ name, mediaType }: FilePart): string =>
  name ?? `file.${/^[\w.-]+\/(?:x-)?([\w-]+)/.exec(mediaType)?.[1] ?? 'bin'}`;
