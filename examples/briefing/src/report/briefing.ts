import type { Omission } from '../documents/left-out.js';
import type { Place } from '../documents/locate-quote.js';

export interface BriefingPoint {
  readonly statement: string;
  /** Number of its source, from 1. */
  readonly citation: number;
}

export interface Source extends Place {
  readonly quote: string;
}

/** What the workflow gives: the briefing as data, before it is written out. */
export interface Briefing {
  readonly title: string;
  readonly summary: readonly { readonly text: string; readonly citation: number | null }[];
  /** Missing when nothing was asked; empty when the documents do not answer. */
  readonly answer?: readonly BriefingPoint[];
  readonly keyPoints: readonly BriefingPoint[];
  readonly openPoints: readonly BriefingPoint[];
  readonly readFirst: readonly {
    readonly path: string;
    readonly title: string;
    readonly why: string;
    readonly summary: string;
  }[];
  /** In the order of their numbers. */
  readonly sources: readonly Source[];
  readonly documents: readonly { readonly path: string; readonly title: string; readonly words: number }[];
  /** Quotes of the model that did not stand in their source, also when it was asked again. */
  readonly droppedQuotes: number;
  readonly leftOut: readonly Omission[];
}
