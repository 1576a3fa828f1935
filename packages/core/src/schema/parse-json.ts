export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Parses JSON text that a model wrote. Keys that change prototypes are refused. */
export function parseJson(text: string): ParsedJson {
  let forbidden: string | undefined;
  try {
    const value: unknown = JSON.parse(text, (key, part: unknown) => {
      if (key === '__proto__') forbidden = key;
      if (key === 'constructor' && typeof part === 'object' && part !== null && Object.hasOwn(part, 'prototype')) {
        forbidden = 'constructor.prototype';
      }
      return part;
    });
    return forbidden === undefined
      ? { ok: true, value }
      : { ok: false, message: `the key '${forbidden}' is not allowed` };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

/** Finds the JSON value in a model's answer: the whole text, a fenced block, or what stands between the outer brackets. */
export function extractJson(text: string): ParsedJson {
  const whole = parseJson(text.trim());
  if (whole.ok) return whole;
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  if (fenced !== undefined) {
    const parsed = parseJson(fenced);
    if (parsed.ok) return parsed;
  }
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (start >= 0 && end > start) {
    const parsed = parseJson(text.slice(start, end + 1));
    if (parsed.ok) return parsed;
  }
  return whole;
}
