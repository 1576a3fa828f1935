import { lengthOf } from './fits.js';

const ended = /[.!?…。！？।؟۔]['"”’»)\]」』]*$/;
const openers =
  /^(?:however|therefore|moreover|furthermore|additionally|in addition|for example|for instance|as a result|thus|hence|also|and|but|so|then|finally|note that|please note that|in short|in other words|that is|e\.g\.|i\.e\.|(?:please )?note\s*[—:–-]),?\s+/i;

/** A remark in brackets, unless the sentence needs it: "keyed by (run, node)". */
const bracketed =
  /(?<!\b(?:by|of|in|to|with|from|for|as|is|are|at|on|and|or|than|like|between|into|the|a|an))\s+\([^()]*\)(?=[\s.,;:!?]|$)/gi;

/** The core of a sentence: without an opening connective, brackets and what follows a semicolon. */
export function core(sentence: string): string {
  let text = sentence.replace(openers, '');
  const unbracketed = text.replace(bracketed, '').replace(/,(?=[.!?]$)/, '');
  if (words(unbracketed) >= 5 && isBalanced(unbracketed)) text = unbracketed;
  const clause = text.split(/;\s|\s[—–]\s/)[0] as string;
  if (words(clause) >= 7 && isBalanced(clause) && !/\b(?:either|both|not only|whether)\b/i.test(clause)) text = clause;
  text = text.trim().replace(/[,;:]$/, '');
  if (text === '') return sentence;
  const first = text.charAt(0);
  const capital = text !== sentence && /^\p{Ll}+(?:\s|$)/u.test(text) ? first.toUpperCase() + text.slice(1) : text;
  return ended.test(capital) ? capital : `${capital}.`;
}

/** Whether no code, quotation or bracket is cut in two. */
function isBalanced(text: string): boolean {
  const count = (mark: string): number => text.split(mark).length - 1;
  return count('`') % 2 === 0 && count('"') % 2 === 0 && count('(') === count(')') && count('“') === count('”');
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
  const kept: string[] = [];
  let length = 0;
  for (const sentence of sentences) {
    length += lengthOf(sentence) + (kept.length === 0 ? 0 : lengthOf(separator));
    if (length > limit) break;
    kept.push(sentence);
  }
  return kept.length === 0 ? clip(sentences[0] ?? '', limit) : kept.join(separator);
}

/** Sentences as one text. Entries of lists that have no full stop get one; scripts without spaces get no space. */
export function inProse(sentences: readonly string[]): string {
  let joined = '';
  for (const sentence of sentences) {
    const text = ended.test(sentence) || /[:,;]$/.test(sentence) ? sentence : `${sentence}.`;
    joined += (joined === '' || /[。！？」』]$/.test(joined) ? '' : ' ') + text;
  }
  return joined;
}

export const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
