import { locateQuote, type Place } from './locate-quote.js';
import type { SourceDocument } from './source-document.js';

/** What a model claims: a statement, and the words of a document that bear it out. */
export interface Claim {
  readonly statement: string;
  readonly document: string;
  readonly quote: string;
}

export interface Checked {
  /** Claims whose quote stands in its document, word for word, and where. */
  readonly right: readonly (Claim & { readonly place: Place })[];
  readonly wrong: readonly Claim[];
}

/** The checker: looks up every quote in its document. */
export function checkQuotes(claims: readonly Claim[], documents: readonly SourceDocument[]): Checked {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const right: (Claim & { readonly place: Place })[] = [];
  const wrong: Claim[] = [];
  for (const claim of claims) {
    const document = byPath.get(claim.document);
    const place = document === undefined ? undefined : locateQuote(document, claim.quote);
    if (place === undefined) wrong.push(claim);
    else right.push({ ...claim, place });
  }
  return { right, wrong };
}
