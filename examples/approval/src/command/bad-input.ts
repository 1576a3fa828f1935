/** What stands on the command line cannot be done: told without a stack. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
