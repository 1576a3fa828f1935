import type { Briefing, BriefingPoint } from './briefing.js';
import { renderDocuments } from './render-documents.js';
import { renderLeftOut } from './render-left-out.js';
import { count, oneLine } from './words.js';

export interface RenderOptions {
  readonly notice: string;
  readonly question: string | undefined;
}

/** The briefing as Markdown. The same briefing gives the same text. */
export function renderBriefing(briefing: Briefing, { notice, question }: RenderOptions): string {
  const { summary, answer = [], keyPoints, openPoints, readFirst, documents, leftOut, droppedQuotes } = briefing;
  const words = documents.reduce((sum, document) => sum + document.words, 0);
  const sentences = summary.map(({ text, citation }) => text + cite(citation)).join(' ');
  const parts = [
    `# Briefing: ${briefing.title}`,
    `${count(documents.length, 'document')}, ${count(words, 'word')}. ${notice}`,
    section('Summary', sentences || 'The documents hold no sentences to summarise.'),
    question === undefined ? '' : section(`Answer: ${oneLine(question)}`, answerText(answer, briefing)),
    section('Key points', list(keyPoints, documents.length > 1)),
    section('Read first', readFirst.map(readingLine).join('\n')),
    section('Left open by the documents', list(openPoints, documents.length > 1)),
    section('Sources', sourceLines(briefing)),
    section('Documents', renderDocuments(documents)),
    section('Left out', renderLeftOut(leftOut, droppedQuotes)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function answerText(points: readonly BriefingPoint[], { sources }: Briefing): string {
  if (points.length === 0) return 'The documents do not answer this: no passage in them speaks of it.';
  const quoted = points.map(({ statement, citation }) => {
    const { quote = statement, path = '', heading } = sources[citation - 1] ?? {};
    return `> ${oneLine(quote)}\n> (${path}${heading === undefined ? '' : `, ${heading}`}) [${citation}]`;
  });
  return quoted.join('\n\n');
}

const section = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);

const list = (points: readonly BriefingPoint[], titled: boolean): string =>
  points
    .map(({ statement, title, citation }) => `- ${titled ? `${title}: ` : ''}${oneLine(statement)}${cite(citation)}`)
    .join('\n');

const cite = (citation: number | null): string => (citation === null ? '' : ` [${citation}]`);

const readingLine = ({ path, title, why }: Briefing['readFirst'][number], index: number): string =>
  `${index + 1}. ${title} (${path}): ${why}.`;

/** Each with its words, so that a reader need not open the file to check. */
const sourceLines = ({ sources }: Briefing): string =>
  sources
    .map(({ path, line, heading, quote }, index) => {
      const under = heading === undefined ? '' : `, under "${heading}"`;
      return `- [${index + 1}] ${path}, line ${line}${under}: "${oneLine(quote)}"`;
    })
    .join('\n');
