/** A file that may be a document, before it is read. */
export interface FileEntry {
  /** Relative to the folder, with `/` on every system. */
  readonly path: string;
  readonly bytes: number;
}

/** A document as the agents see it: its words, with headings and lists marked as in Markdown. */
export interface SourceDocument {
  readonly path: string;
  readonly title: string;
  readonly text: string;
  /** What it links to, as written. */
  readonly links: readonly string[];
  /** For text that was extracted: the line of the file for each line of `text`. Without it they are the same. */
  readonly fileLines?: readonly number[];
}

/** How much is read. What a bound leaves out is told in the briefing. */
export interface Bounds {
  readonly maxFiles: number;
  /** Of a longer file, only the beginning is read. */
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
}
