import { section } from '../model/prompt.js';

/** The prompt of an agent without `run`: its inputs as named sections. What was skipped is left out. */
export function renderInputs(inputs: readonly { readonly name: string; readonly value: unknown }[]): string {
  const sections = inputs.filter(({ value }) => value !== undefined).map(({ name, value }) => section(name, value));
  // Providers refuse a message without text.
  return sections.length === 0 ? 'There is no input.' : sections.join('\n\n');
}
