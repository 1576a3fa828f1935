export type Decoded =
  | { readonly kind: 'text'; readonly text: string; readonly encoding: string }
  | { readonly kind: 'binary' };

/** Decodes a file: UTF-8, UTF-16, or else Windows-1252, which covers Latin-1. Bytes that are no text are told apart. */
export function decodeText(bytes: Uint8Array): Decoded {
  const marked = byMark(bytes);
  if (marked !== undefined) return text(bytes, marked);
  const sample = bytes.subarray(0, 8192);
  const wide = wideEncoding(sample);
  if (wide !== undefined) return text(bytes, wide);
  if (sample.includes(0)) return { kind: 'binary' };
  try {
    return checked(new TextDecoder('utf-8', { fatal: true }).decode(withoutCutEnd(bytes)), 'utf-8');
  } catch {
    return checked(new TextDecoder('windows-1252').decode(bytes), 'windows-1252');
  }
}

/** UTF-8 bytes without a last character of which only the beginning is there, as where a bound cut the file. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

function byMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without a mark: every other byte of most Western text is zero. */
function wideEncoding(sample: Uint8Array): string | undefined {
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] as number) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = sample.length / 2;
  if (half < 8) return undefined;
  if (odd > half * 0.6 && even < half * 0.05) return 'utf-16le';
  return even > half * 0.6 && odd < half * 0.05 ? 'utf-16be' : undefined;
}

function text(bytes: Uint8Array, encoding: string): Decoded {
  return checked(new TextDecoder(encoding).decode(bytes), encoding);
}

/** Control characters and characters that stand for no text: no person wrote this. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controls = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f\ufffd]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not be steered by a document
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function checked(decoded: string, encoding: string): Decoded {
  const sample = decoded.slice(0, 8192);
  const odd = sample.match(controls)?.length ?? 0;
  if (odd > 4 && odd > sample.length * 0.02) return { kind: 'binary' };
  return { kind: 'text', text: decoded.replace(/\r\n?/g, '\n').replace(steering, ''), encoding };
}
