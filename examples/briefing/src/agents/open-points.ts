import { Agent, DependsOn } from '@espalier/core';
import { locateQuote, type Place } from '../documents/locate-quote.js';
import { sentencesOf } from '../documents/sentences.js';
import { type Documents, Library } from './library.js';

/** Something that a document itself calls unfinished or undecided. */
export interface OpenPoint {
  readonly text: string;
  readonly place: Place;
}

const open =
  /\b(?:TODO|FIXME|TBD|TBC|XXX)\b|\b(?:open (?:questions?|points?)\b|to be (?:decided|determined|defined|discussed|clarified|confirmed)|not (?:yet )?(?:decided|clear whether|been decided)|(?:is|are) (?:still )?(?:undecided|unresolved)|not (?:yet )?(?:implemented|supported) yet|not yet (?:implemented|supported|documented|tested|known)|remains to be \w+|work in progress|coming soon)/;
const most = 12;

/** Plain code: what the documents leave open, in their own words. */
@Agent({ description: 'Finds what the documents leave open.' })
@DependsOn(Library)
export class OpenPoints {
  run({ documents }: Documents): readonly OpenPoint[] {
    const found: OpenPoint[] = [];
    for (const document of documents) {
      for (const block of proseBlocks(document.text)) {
        if (!open.test(block)) continue;
        for (const text of sentencesOf(block.replace(listMark, ''))) {
          const place = isTelling(text) ? locateQuote(document, text) : undefined;
          if (place !== undefined) found.push({ text, place });
          if (found.length >= most) return found;
        }
      }
    }
    return found;
  }
}

/** Leaves out a bare "TODO", and words within code. */
const isTelling = (text: string): boolean =>
  open.test(text.replace(/`[^`]*(?:`|$)/g, '')) && text.length < 400 && text.split(' ').length >= 4;

const listMark = /^\s*(?:[-*+>]|\d+\.|#{1,6})\s+/;

/** Paragraphs, headings and list items. */
function proseBlocks(text: string): readonly string[] {
  return text
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, '')
    .split(/\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.|#{1,6})\s)/)
    .filter((block) => block.length < 4000);
}
