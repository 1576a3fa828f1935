/** A stretch of prose in a text, by offsets: the text between them is never changed. */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'quote';
  readonly start: number;
  readonly end: number;
  /** 1 to 6, for headings. */
  readonly level: number;
}
