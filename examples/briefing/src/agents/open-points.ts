import { Agent, DependsOn } from '@espalier/core';
import { locateQuote, type Place } from '../documents/locate-quote.js';
import { withoutMarkup } from '../documents/parse-document.js';
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
      for (const line of proseLines(document.text)) {
        const text = withoutMarkup(line.replace(/^\s*(?:[-*+>]|\d+\.|#{1,6})\s+/, ''));
        if (!open.test(text) || text.length < 12 || text.length > 400) continue;
        const place = locateQuote(document, line.trim());
        if (place !== undefined) found.push({ text, place });
        if (found.length >= most) return found;
      }
    }
    return found;
  }
}

function proseLines(text: string): readonly string[] {
  return text
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, '')
    .split('\n')
    .filter((line) => line.length < 2000);
}
