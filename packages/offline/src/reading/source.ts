import type { Json } from '@espalier/core';
import { frontMatterEnd } from '../text/front-matter.js';

/** One object of the input, or one text: what facts are copied from, and what sentences belong to. */
export interface Source {
  /** Name of the section or key that it came under. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Json>;
  readonly parent: Source | undefined;
  readonly texts: readonly string[];
  readonly children: readonly Source[];
}

/** Reads a section's content: JSON becomes a tree of sources, any other text is one source. */
export function sourceOf(name: string, content: string, attributes: Readonly<Record<string, string>> = {}): Source {
  const data = parseJson(content);
  const fields = new Map<string, Json>(Object.entries(attributes));
  if (data === undefined) {
    for (const [key, value] of frontMatter(content)) fields.set(key, value);
    return { name, fields, parent: undefined, texts: content.trim() === '' ? [] : [content], children: [] };
  }
  return fromData(name, data, undefined, fields);
}

/** A source and all below it, in order. */
export function* withChildren(source: Source): Iterable<Source> {
  yield source;
  for (const child of source.children) yield* withChildren(child);
}

/** The value under a key of the source or of what it stands in; keys are compared without case and separators. */
export function lookUp(source: Source | undefined, key: string): Json | undefined {
  const wanted = normalKey(key);
  for (let at = source; at !== undefined; at = at.parent)
    for (const [name, value] of at.fields) if (normalKey(name) === wanted) return value;
  return undefined;
}

export const normalKey = (key: string): string => key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

const deepest = 12;

function fromData(name: string, data: Json, parent: Source | undefined, fields: Map<string, Json>, depth = 0): Source {
  const texts: string[] = [];
  const children: Source[] = [];
  const source: Source = { name, fields, parent, texts, children };
  const take = (key: string, value: Json): void => {
    if (typeof value === 'string') {
      if (isProse(value)) texts.push(value);
    } else if (typeof value === 'object' && value !== null && depth < deepest) {
      if (Array.isArray(value)) for (const entry of value) take(key, entry);
      else children.push(fromData(key, value, source, new Map(), depth + 1));
    }
  };
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
    for (const [key, value] of Object.entries(data)) {
      fields.set(key, value);
      take(key, value);
    }
  } else take(name, data);
  return source;
}

/** Text to rank, and no name, path or label. */
function isProse(text: string): boolean {
  const words = text.trim().split(/\s+/, 8).length;
  return (
    words >= 8 ||
    (words >= 4 && /[.!?…。！？]["'”’)]?\s*$/.test(text)) ||
    /[\u3040-\u30ff\u3400-\u9fff].*[。！？]/.test(text)
  );
}

function parseJson(content: string): Json | undefined {
  const text = content.trim();
  if (!/^[[{"]|^-?\d|^(?:true|false|null)$/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function* frontMatter(text: string): Iterable<readonly [string, string]> {
  for (const line of text.slice(0, frontMatterEnd(text)).split('\n')) {
    const match = /^([A-Za-z][\w-]*):\s*["']?(.+?)["']?\s*$/.exec(line);
    if (match !== null) yield [match[1] as string, match[2] as string];
  }
}
