import type { BriefedDocument } from './briefing.js';
import { count, oneLine, shortened } from './words.js';

/** More documents than this are counted, not listed. */
const listed = 60;

/** What there is: each document with what it is about. */
export function renderDocuments(documents: readonly BriefedDocument[]): string {
  const lines = documents.slice(0, listed).map(lineOf);
  const more = documents.length - listed;
  if (more > 0) lines.push(`- and ${count(more, 'more document')}`);
  return lines.join('\n');
}

function lineOf({ path, title, words, about }: BriefedDocument): string {
  const sentence = about === '' ? '' : ` ${shortened(oneLine(about), 200)}`;
  return `- ${title} (${path}, ${count(words, 'word')}).${sentence}`;
}
