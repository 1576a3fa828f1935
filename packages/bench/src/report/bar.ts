/** A promise about Espalier's speed, and how it came out. */
export interface Bar {
  readonly title: string;
  /** Nothing where what it needs was not measured. */
  readonly met: boolean | undefined;
  readonly measured: string;
}
