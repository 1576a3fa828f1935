import { toPlain } from '../schema/plain.js';
import type { Message } from './message.js';

/** What a model is asked: text, or a whole conversation. */
export type Prompt = string | readonly Message[];

/**
 * Text with data in it. Strings and numbers stand as they are; objects and arrays are named in the text and
 * follow it as JSON sections, so that data never reads as instructions.
 *
 * @example
 * prompt`Write from ${{ facts: ['a'] }} in ${3} sentences.`
 * // Write from data-1 in 3 sentences.
 * //
 * // <data-1>
 * // {"facts":["a"]}
 * // </data-1>
 */
export function prompt(texts: TemplateStringsArray, ...values: readonly unknown[]): string {
  const rendered = values.map((value) => (isData(value) ? undefined : String(value ?? '')));
  const data = values.map((value) => (isData(value) ? json(value) : undefined));
  const everything = [...rendered, ...data].filter((text) => text !== undefined).join('\n');
  let text = texts[0] ?? '';
  const sections: string[] = [];
  values.forEach((_value, index) => {
    const content = data[index];
    if (content === undefined) {
      text += rendered[index];
    } else {
      const name = freeName(`data-${sections.length + 1}`, everything);
      sections.push(tagged(name, content));
      text += name;
    }
    text += texts[index + 1] ?? '';
  });
  return sections.length === 0 ? text : `${text}\n\n${sections.join('\n\n')}`;
}

/**
 * A named section of a prompt: strings as they are, all else as JSON. Where the value has a tag of this name in it, the
 * section's name gets a number: data cannot end the section that it stands in.
 * @throws not-plain-data
 */
export function section(name: string, value: unknown): string {
  const content = typeof value === 'string' ? value : json(value);
  return tagged(freeName(name, content), content);
}

const isData = (value: unknown): boolean => typeof value === 'object' && value !== null;

const json = (value: unknown): string => JSON.stringify(toPlain(value, { what: 'a value in a prompt' }) ?? null);

const tagged = (name: string, content: string): string => `<${name}>\n${content}\n</${name}>`;

/** The name, or the name with the first number that no tag in the data has. */
function freeName(name: string, data: string): string {
  if (!data.includes('<')) return name;
  const tags = new Set(
    data
      .toLowerCase()
      .match(/<\s{0,9}\/?\s{0,9}[\w.:[\]-]{1,200}/g)
      ?.map((tag) => tag.replace(/[<\s/]/g, '')),
  );
  let free = name;
  for (let number = 2; tags.has(free.toLowerCase()); number++) free = `${name}-${number}`;
  return free;
}
