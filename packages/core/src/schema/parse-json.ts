export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Where keys that change prototypes may be: as they are, or with letters written as `\u…`. */
const suspicious = /__proto__|constructor|\\u/;

/** So many brackets cannot be nested too deeply. */
const FEW_BRACKETS = 1000;

function isShallow(text: string): boolean {
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) opened += 1; // [ {
    if (opened > FEW_BRACKETS) return false;
  }
  return true;
}

/** Parses JSON text that a model wrote. Keys that change prototypes are refused. */
export function parseJson(text: string): ParsedJson {
  let forbidden: string | undefined;
  try {
    // To look at each key takes several times as long as to parse, and only that notices what is nested too deeply.
    if (!suspicious.test(text) && isShallow(text)) return { ok: true, value: JSON.parse(text) };
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
    const { name, message } = error as Error;
    // Besides a SyntaxError there is only one that a text can cause: it is too deep for the stack.
    return { ok: false, message: name === 'SyntaxError' ? message : 'the value is nested too deeply' };
  }
}

/** What is wrong with a text without a part of it: for texts that may hold what nobody is to see. */
export const withoutQuote = (message: string): string =>
  message.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '');

/**
 * Finds the JSON value in a model's answer: the whole text, a fenced block, or what stands between the outer brackets.
 * Of several it is the first of these that can be parsed.
 */
export function extractJson(text: string): ParsedJson {
  const whole = parseJson(text.trim());
  if (whole.ok) return whole;
  for (const part of [...fenced(text), between(text, '[{', ']}'), between(text, '{', '}'), between(text, '[', ']')]) {
    const parsed = part === undefined ? undefined : parseJson(part);
    if (parsed?.ok === true) return parsed;
  }
  return whole;
}

/** How many fenced blocks of one answer are looked at: the text is a model's, and may be anything. */
const MOST_BLOCKS = 100;

/** What stands in fenced blocks: between a line with an opening fence and the next line that begins with one. */
function fenced(text: string): readonly string[] {
  const blocks: string[] = [];
  let block: string[] | undefined;
  for (const line of text.split('\n')) {
    if (block === undefined) {
      if (line.includes('```')) block = [];
    } else if (line.trimStart().startsWith('```')) {
      blocks.push(block.join('\n'));
      block = undefined;
      if (blocks.length === MOST_BLOCKS) break;
    } else {
      block.push(line);
    }
  }
  return blocks;
}

/** From the first of the opening brackets to the last of the closing ones. */
function between(text: string, opening: string, closing: string): string | undefined {
  const first = [...opening].map((bracket) => text.indexOf(bracket)).filter((at) => at >= 0);
  const start = Math.min(...first);
  const end = Math.max(...[...closing].map((bracket) => text.lastIndexOf(bracket)));
  return first.length > 0 && end > start ? text.slice(start, end + 1) : undefined;
}
