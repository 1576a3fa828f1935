import { Agent, type RunContext } from '@espalier/core';
import { LeftOut } from '../documents/left-out.js';
import { locateQuote } from '../documents/locate-quote.js';
import type { SourceDocument } from '../documents/source-document.js';
import type { DocumentDigest } from './digest.js';

/** Plain code, in the place of Digest when the model fails: what the document itself says first. */
@Agent({ description: 'Quotes the beginning of a document that the model could not digest.' })
export class OpeningLines {
  run(document: SourceDocument, ctx: RunContext): Promise<DocumentDigest> {
    const { path, title, text } = document;
    const why = 'the model made no digest of it: only its first paragraph is used';
    ctx.state(LeftOut).write({ items: [{ what: path, why }] });
    const quote = firstParagraph(text);
    const place = locateQuote(document, quote);
    const statement = quote.replace(/\s+/g, ' ');
    const points = place === undefined ? [] : [{ statement, quote, place }];
    return Promise.resolve({ path, title, summary: statement, points });
  }
}

function firstParagraph(text: string): string {
  const paragraphs = text.replace(/^---\n[\s\S]*?\n---\n/, '').split(/\n\s*\n/);
  const prose = paragraphs.find((paragraph) => /^[\p{L}\p{N}"'“(*]/u.test(paragraph.trim()) && paragraph.length > 40);
  return (prose ?? '').trim().slice(0, 500);
}
