import { lengthOf } from './fits.js';

const openers =
  /^(?:however|therefore|moreover|furthermore|additionally|in addition|for example|for instance|as a result|thus|hence|also|and|but|so|then|finally|note that|please note that|in short|in other words|that is|e\.g\.|i\.e\.|(?:please )?note\s*[—:–-]),?\s+/i;

/** A remark in brackets, unless the sentence needs it: "keyed by (run, node)". */
const bracketed =
  /(?<!\b(?:by|of|in|to|with|from|for|as|is|are|at|on|and|or|than|like|between|into|the|a|an))\s+\([^()]*\)(?=[\s.,;:!?]|$)/gi;

/** The core of a sentence: without an opening connective, brackets and what follows a semicolon. */
export function core(sentence: string): string {
  let text = sentence.replace(openers, '');
  const unbracketed = text.replace(bracketed, '');
  if (words(unbracketed) >= 5) text = unbracketed;
  const clause = text.split(/;\s|\s[—–]\s/)[0] as string;
  if (words(clause) >= 7) text = clause;
  text = text.trim().replace(/[,;:]$/, '');
  if (text === '') return sentence;
  const first = text.charAt(0);
  const capital = text !== sentence && /^\p{Ll}+(?:\s|$)/u.test(text) ? first.toUpperCase() + text.slice(1) : text;
  return /[.!?…。！？]['"”’)]?$/.test(capital) ? capital : `${capital}.`;
}

/** At most `limit` characters, cut between words, with an ellipsis where something was cut. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit || lengthOf(text) <= limit) return text;
  if (limit <= 0) return '';
  const characters = [...text].slice(0, limit);
  if (limit < 8) return characters.join('');
  const head = characters.slice(0, -1).join('');
  const space = head.search(/\s\S*$/);
  return `${(space > limit / 2 ? head.slice(0, space) : head).replace(/[\s,;:–—-]+$/, '')}…`;
}

/** As many whole sentences as fit in `limit` characters; the first one clipped if not even that fits. */
export function joinWithin(sentences: readonly string[], limit: number, separator = ' '): string {
  let text = '';
  for (const sentence of sentences) {
    const next = text === '' ? sentence : text + separator + sentence;
    if (lengthOf(next) > limit) break;
    text = next;
  }
  return text === '' ? clip(sentences[0] ?? '', limit) : text;
}

export const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
