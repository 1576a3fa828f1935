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
  let text = texts[0] ?? '';
  const sections: string[] = [];
  values.forEach((value, index) => {
    if (typeof value === 'object' && value !== null) {
      const name = `data-${sections.length + 1}`;
      sections.push(section(name, value));
      text += name;
    } else {
      text += String(value ?? '');
    }
    text += texts[index + 1] ?? '';
  });
  return sections.length === 0 ? text : `${text}\n\n${sections.join('\n\n')}`;
}

/** A named section of a prompt: strings as they are, all else as JSON. */
export function section(name: string, value: unknown): string {
  return `<${name}>\n${typeof value === 'string' ? value : JSON.stringify(value)}\n</${name}>`;
}
