import type { FilePart } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { fileBlock } from './file-block.js';

const convert = (file: Omit<FilePart, 'type'>) => fileBlock({ type: 'file', ...file }, 'anthropic:x');
const url = 'https://example.org/it';

describe('a file in the form of Anthropic', () => {
  it.each(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])('is an image: %s', (mediaType) => {
    const source = { type: 'base64', media_type: mediaType, data: 'AAAA' };
    expect(convert({ mediaType, data: 'AAAA' })).toEqual({ type: 'image', source });
  });

  it('is an image or a document by URL', () => {
    expect(convert({ mediaType: 'image/png', url })).toEqual({ type: 'image', source: { type: 'url', url } });
    expect(convert({ mediaType: 'application/pdf', name: 'a.pdf', url })).toEqual({
      type: 'document',
      source: { type: 'url', url },
      title: 'a.pdf',
    });
  });

  it('is a document: PDF, or any text', () => {
    expect(convert({ mediaType: 'application/pdf', data: 'AAAA' })).toEqual({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
    });
    expect(convert({ mediaType: 'text/markdown', name: 'a.md', data: Buffer.from('# Ä').toString('base64') })).toEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: '# Ä' },
      title: 'a.md',
    });
  });

  it('is data where its URL is data', () => {
    expect(convert({ mediaType: 'image/png', url: 'data:image/png;base64,AAAA' })).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
    });
  });

  it.each([
    [
      { mediaType: 'audio/mpeg', name: 'a.mp3', data: 'AAAA' },
      "it does not take the file 'a.mp3' of type 'audio/mpeg'.",
    ],
    [{ mediaType: 'text/plain', url }, "it does not take a file of type 'text/plain' by URL."],
    [{ mediaType: 'image/png' }, "a file of type 'image/png' has neither data nor a URL."],
  ])('is none of %j', (file, message) => {
    expect(() => convert(file)).toThrow(
      expect.objectContaining({
        code: 'model-request-invalid',
        retryable: false,
        message: `Model 'anthropic:x': ${message}`,
        hint: 'Give JPEG, PNG, GIF, WebP or PDF, by URL or as base64 data; text as base64 data.',
      }),
    );
  });
});
