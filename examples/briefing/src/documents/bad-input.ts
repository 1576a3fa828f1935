/** Something about the input that trying again will not mend: says what is wrong, and what to do about it. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly code = 'bad-input';
  readonly retryable = false;

  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
