import type { ChatRequest } from './chat-model.js';
import type { FilePart } from './message.js';

/** How many characters make a token, roughly: for reservations, and where a provider tells no usage. */
const CHARACTERS_PER_TOKEN = 4;

/** What providers count for a large image, roughly. @see Anthropic's documentation, "Vision": 1,600 at the most */
const TOKENS_PER_IMAGE = 1600;

/** Bytes of a document, such as a PDF, that make a token, roughly: a page of 50 kB is 1,500 to 3,000 tokens. */
const BYTES_PER_TOKEN = 25;

export const estimateTokens = (value: unknown): number =>
  Math.ceil((typeof value === 'string' ? value : JSON.stringify(value)).length / CHARACTERS_PER_TOKEN);

/** The tokens of a whole request. Files are not counted by their characters: base64 of an image is no text. */
export function estimateRequest(request: ChatRequest): number {
  let files = 0;
  const text = JSON.stringify(request, (_key, value: unknown) => {
    if (!isFile(value)) return value;
    files += estimateFile(value);
    return { type: value.type };
  });
  return files + estimateTokens(text);
}

const isFile = (value: unknown): value is FilePart =>
  typeof value === 'object' && value !== null && (value as Partial<FilePart>).type === 'file' && 'mediaType' in value;

function estimateFile({ mediaType, data = '' }: FilePart): number {
  if (mediaType.startsWith('image/')) return TOKENS_PER_IMAGE;
  const bytes = (data.length * 3) / 4;
  return Math.ceil(bytes / (mediaType.startsWith('text/') ? CHARACTERS_PER_TOKEN : BYTES_PER_TOKEN));
}
