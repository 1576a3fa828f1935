import { section } from '../model/prompt.js';

/** The prompt of an agent without `run`: its inputs as named sections. What was skipped is left out. */
export function renderInputs(inputs: readonly { readonly name: string; readonly value: unknown }[]): string {
  return inputs
    .filter(({ value }) => value !== undefined)
    .map(({ name, value }) => section(name, value))
    .join('\n\n');
}
