import type { Omission } from '../documents/left-out.js';
import type { Place } from '../documents/locate-quote.js';

export interface BriefingPoint {
  readonly statement: string;
  /** Title of the document that says it. */
  readonly title: string;
  /** Number of its source, from 1. */
  readonly citation: number;
}

export interface Source extends Place {
  readonly quote: string;
}

export interface BriefedDocument {
  readonly path: string;
  readonly title: string;
  readonly words: number;
  /** What it is about, in a sentence; empty where it has none. */
  readonly about: string;
}

/** What the workflow gives: the briefing as data, before it is written out. */
export interface Briefing {
  readonly title: string;
  readonly summary: readonly { readonly text: string; readonly citation: number | null }[];
  /** Missing when nothing was asked; empty when the documents do not answer. */
  readonly answer?: readonly BriefingPoint[];
  readonly keyPoints: readonly BriefingPoint[];
  readonly openPoints: readonly BriefingPoint[];
  readonly readFirst: readonly { readonly path: string; readonly title: string; readonly why: string }[];
  /** In the order of their numbers. */
  readonly sources: readonly Source[];
  readonly documents: readonly BriefedDocument[];
  /** Quotes of the model that did not stand in their source, also when it was asked again. */
  readonly droppedQuotes: number;
  readonly leftOut: readonly Omission[];
}
