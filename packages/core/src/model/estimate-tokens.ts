import type { FilePart } from './message.js';

/** How many characters make a token, roughly: for reservations, and where a provider tells no usage. */
export const CHARACTERS_PER_TOKEN = 4;

/** What providers count for a large image, roughly. @see Anthropic's documentation, "Vision": 1,600 at the most */
const TOKENS_PER_IMAGE = 1600;

/** Bytes of a document, such as a PDF, that make a token, roughly: a page of 50 kB is 1,500 to 3,000 tokens. */
const BYTES_PER_TOKEN = 25;

/** The tokens of text, or of data as JSON. Files are not counted by their characters: base64 of an image is no text. */
export function estimateTokens(value: unknown): number {
  if (typeof value === 'string') return Math.ceil(value.length / CHARACTERS_PER_TOKEN);
  let files = 0;
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (!isFile(part)) return part;
    files += estimateFile(part);
    return { type: part.type };
  });
  return files + Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

const isFile = (value: unknown): value is FilePart =>
  typeof value === 'object' && value !== null && (value as Partial<FilePart>).type === 'file' && 'mediaType' in value;

function estimateFile({ mediaType, data = '' }: FilePart): number {
  if (mediaType.startsWith('image/')) return TOKENS_PER_IMAGE;
  const bytes = (data.length * 3) / 4;
  return Math.ceil(bytes / (mediaType.startsWith('text/') ? CHARACTERS_PER_TOKEN : BYTES_PER_TOKEN));
}
