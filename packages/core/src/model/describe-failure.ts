/**
 * What an error says, with what lies under it: `Connection error.` tells less than `ECONNREFUSED` does. Messages and codes
 * only: the objects that SDKs throw hold the request with its headers.
 * @example describeFailure(new Error('Connection error.', { cause: { code: 'ECONNREFUSED' } })) // Connection error. ECONNREFUSED
 */
export function describeFailure(error: unknown): string {
  const texts: string[] = [];
  let at = error;
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
    const { message, code, name, cause } = at as Readonly<Record<'message' | 'code' | 'name' | 'cause', unknown>>;
    // Who cannot connect to any of several addresses has a code only.
    const text = [message, code, depth === 0 ? name : ''].find((word) => typeof word === 'string' && word !== '');
    if (typeof text === 'string' && !texts.some((told) => told.includes(text))) texts.push(text);
    at = cause;
  }
  return texts.length === 0 ? String(error) : texts.join(' ');
}
