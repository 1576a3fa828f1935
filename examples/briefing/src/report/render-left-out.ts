import type { Omission } from '../documents/left-out.js';

/** So many are named for each reason; the others are counted. */
const named = 6;

/** What was left out, by reason. */
export function renderLeftOut(leftOut: readonly Omission[], droppedQuotes: number): string {
  const byReason = new Map<string, string[]>();
  for (const { what, why } of leftOut) {
    const list = byReason.get(why);
    if (list === undefined) byReason.set(why, [what]);
    else list.push(what);
  }
  const reasons = [...byReason].sort(([a], [b]) => Number(isMinor(a)) - Number(isMinor(b)));
  const lines = reasons.map(([why, what]) => {
    const more = what.length - named;
    return `- ${why}: ${what.slice(0, named).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
  });
  if (droppedQuotes > 0) lines.push(`- quotes that do not stand in their document word for word: ${droppedQuotes}`);
  return lines.length === 0 ? 'Nothing.' : lines.join('\n');
}

/** What nobody would miss comes last. */
const isMinor = (why: string): boolean => /^(?:no document|hidden|installed)/.test(why);
