import { describe, expect, it } from '@jest/globals';
import { decodeText } from './decode-text.js';

const text = 'Die Flut kommt – zweimal täglich.\n';
const utf16 = (content: string): Buffer => Buffer.from(content, 'utf16le');

describe('decodeText', () => {
  it('reads UTF-8, with and without a mark', () => {
    expect(decodeText(Buffer.from(text))).toEqual({ kind: 'text', text, encoding: 'utf-8' });
    expect(decodeText(Buffer.from(`\ufeff${text}`))).toEqual({ kind: 'text', text, encoding: 'utf-8' });
  });

  it('reads UTF-16, with and without a mark, of either order', () => {
    expect(decodeText(utf16(`\ufeff${text}`))).toEqual({ kind: 'text', text, encoding: 'utf-16le' });
    expect(decodeText(utf16(`\ufeff${text}`).swap16())).toEqual({ kind: 'text', text, encoding: 'utf-16be' });
    expect(decodeText(utf16(text))).toMatchObject({ text, encoding: 'utf-16le' });
    expect(decodeText(utf16(text).swap16())).toMatchObject({ text, encoding: 'utf-16be' });
  });

  it('takes other bytes for Windows-1252', () => {
    const bytes = Uint8Array.from([0x64, 0xe9, 0x6a, 0xe0, 0x20, 0x80]);
    expect(decodeText(bytes)).toEqual({ kind: 'text', text: 'déjà €', encoding: 'windows-1252' });
  });

  it('reads UTF-8 that a bound cut within a character', () => {
    const bytes = Buffer.from('Ebbe und Flut – und wieder Ebbe ');
    const cut = bytes.indexOf(Buffer.from('–')) + 2;
    expect(decodeText(bytes.subarray(0, cut))).toMatchObject({ text: 'Ebbe und Flut ', encoding: 'utf-8' });
  });

  it('tells bytes that are no text', () => {
    expect(decodeText(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2]))).toEqual({ kind: 'binary' });
    const noise = Uint8Array.from({ length: 4000 }, (_, index) => ((index * 7919) % 255) + 1);
    expect(decodeText(noise)).toEqual({ kind: 'binary' });
  });

  it('leaves out what would steer a terminal, and takes all line breaks as one kind', () => {
    expect(decodeText(Buffer.from('one\u001b[31m\r\ntwo\rthree\u0007'))).toMatchObject({ text: 'one[31m\ntwo\nthree' });
  });
});
