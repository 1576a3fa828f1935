import type { Briefing, BriefingPoint, Source } from './briefing.js';
import { renderLeftOut } from './render-left-out.js';

export interface RenderOptions {
  readonly notice: string;
  readonly question: string | undefined;
}

/** More documents than this are counted, not listed. */
const listed = 60;

/** The briefing as Markdown. The same briefing gives the same text. */
export function renderBriefing(briefing: Briefing, { notice, question }: RenderOptions): string {
  const { summary, answer, keyPoints, openPoints, readFirst, sources, documents, leftOut, droppedQuotes } = briefing;
  const words = documents.reduce((sum, document) => sum + document.words, 0);
  const parts = [
    `# Briefing: ${briefing.title}`,
    `${count(documents.length, 'document')}, ${count(words, 'word')}. ${notice}`,
    section(
      'Summary',
      summary.map(({ text, citation }) => text + cite(citation)).join(' ') ||
        'The documents hold no sentences to summarise.',
    ),
    ...(question === undefined ? [] : [answerSection(question, answer ?? [], sources)]),
    section('Key points', list(keyPoints)),
    section(
      'Read first',
      readFirst.map(({ path, title, why }, index) => `${index + 1}. **${title}** (${path}): ${why}.`).join('\n'),
    ),
    section('Left open by the documents', list(openPoints)),
    section('Sources', sources.map(sourceLine).join('\n')),
    section('Documents', documentList(documents)),
    section('Left out', renderLeftOut(leftOut, droppedQuotes)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function answerSection(question: string, points: readonly BriefingPoint[], sources: readonly Source[]): string {
  if (points.length === 0)
    return section(`Answer: ${question}`, 'The documents do not answer this: no passage speaks of it.');
  const quoted = points.map(({ statement, citation }) => {
    const { quote = statement, path = '' } = sources[citation - 1] ?? {};
    return `> ${oneLine(quote)}\n> — ${path} [${citation}]`;
  });
  return section(`Answer: ${question}`, quoted.join('\n\n'));
}

const section = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);

const list = (points: readonly BriefingPoint[]): string =>
  points.map(({ statement, citation }) => `- ${oneLine(statement)}${cite(citation)}`).join('\n');

const cite = (citation: number | null): string => (citation === null ? '' : ` [${citation}]`);

function sourceLine({ path, line, heading, quote }: Source, index: number): string {
  return `[${index + 1}] ${path}:${line}${heading === undefined ? '' : `, ${heading}`}: "${oneLine(quote)}"  `;
}

function documentList(documents: Briefing['documents']): string {
  const lines = documents
    .slice(0, listed)
    .map(({ path, title, words }) => `- ${path}: ${title} (${count(words, 'word')})`);
  return [
    ...lines,
    ...(documents.length > listed ? [`- and ${count(documents.length - listed, 'more document')}`] : []),
  ].join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const count = (number: number, one: string): string =>
  `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`;
