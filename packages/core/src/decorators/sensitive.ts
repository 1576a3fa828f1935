import { sensitiveFieldsKey } from '../metadata/sensitive-fields.js';

/**
 * Marks a field of a class-validator class or of shared state as sensitive: what it holds is masked wherever it leaves a
 * run as an event. The journal keeps it as it is, and so do agents, tools and models get it.
 *
 * Where the field is an object or an array, all of it is sensitive. The value is also found where it goes on from there,
 * into prompts, arguments, outputs and errors, if it has at least four characters.
 *
 * @example
 * class Patient {
 *   \@IsString() \@Sensitive() name!: string;
 *   \@IsString() ward!: string;
 * }
 */
export function Sensitive(): (prototype: object, field: string) => void {
  return (prototype, field) => {
    const target = prototype.constructor;
    sensitiveFieldsKey.write(target, new Set([...(sensitiveFieldsKey.read(target) ?? []), field]));
  };
}
