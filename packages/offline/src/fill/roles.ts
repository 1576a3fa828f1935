/** What a property is for, as its name and description tell. */
export type Role =
  | 'quote'
  | 'title'
  | 'summary'
  | 'statement'
  | 'reason'
  | 'keyword'
  | 'identity'
  | 'question'
  | 'date'
  | 'email'
  | 'problem'
  | 'aspect';

const table: readonly (readonly [Role, RegExp])[] = [
  ['quote', /\b(?:quotes?|quotations?|excerpts?|verbatim|evidence|passages?|snippets?|extracts?|cited text)\b/],
  [
    'problem',
    /\b(?:problems?|errors?|issues?|missing|gaps?|faults?|violations?|objections?|unsupported|risks?|limitations?|warnings?|caveats?|drawbacks?)\b/,
  ],
  ['email', /\be ?mails?\b/],
  [
    'keyword',
    /\b(?:keywords?|tags?|topics?|terms?|themes?|entities|entity|categor(?:y|ies)|labels?|concepts?|keyphrases?)\b/,
  ],
  ['title', /\b(?:titles?|headlines?|headings?|names?|captions?|header|subject)\b/],
  ['reason', /\b(?:reasons?|reasoning|rationale|why|justification|comments?|feedback|critique|notes?|because)\b/],
  ['question', /\b(?:questions?|query|queries|search)\b/],
  [
    'identity',
    /\b(?:ids?|identifier|paths?|files?|filename|sources?|ur[li]s?|links?|href|refs?|references?|docs?|documents?|page|origin|slug|key)\b/,
  ],
  ['date', /\b(?:dates?|day|deadline|timestamp|published|updated|created|year)\b/],
  [
    'summary',
    /\b(?:summary|summaries|abstract|overview|description|answers?|text|content|body|paragraphs?|report|conclusions?|explanation|introduction|intro|details?|briefing|message|response|result|output|markdown|prose|lede|context|background|synopsis|tldr)\b/,
  ],
  [
    'statement',
    /\b(?:statements?|claims?|points?|facts?|findings?|insights?|takeaways?|bullets?|items?|highlights?|ideas?|lessons?|recommendations?|steps?|sentences?|arguments?|observations?|lines?|value)\b/,
  ],
];

/** The role of a property by its name; by its description when the name tells nothing. `aspect`: the name is a subject to look for. */
export function roleOf(name: string, description = ''): Role {
  const words = spaced(name);
  const byName = last(words);
  if (byName !== undefined) return byName;
  const byDescription = table.find(([, pattern]) => pattern.test(description.toLowerCase()))?.[0];
  return byDescription ?? (words === '' ? 'summary' : 'aspect');
}

/** `keyPoints` → `key points`. */
export function spaced(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_\-.\s]+/g, ' ')
    .toLowerCase()
    .trim();
}

/** The noun comes last: a `documentTitle` is a title, a `quoteSource` is a source. */
function last(words: string): Role | undefined {
  let best: { role: Role; at: number } | undefined;
  for (const [role, pattern] of table) {
    for (const match of words.matchAll(new RegExp(pattern, 'g')))
      if (best === undefined || match.index > best.at) best = { role, at: match.index };
  }
  return best?.role;
}
