/** A vector as bytes, without a copy: 32-bit floating point numbers, in the order of this machine's bytes. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The vector that {@link bytesOf} was given. Copied where the bytes do not stand where numbers may. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  if (byteOffset % 4 === 0) return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
