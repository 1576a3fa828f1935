const dangling =
  /^(?:this|that|these|those|it|its|they|he|she|here|there|such|so|then|thus|hence|however|therefore|but|and|or|also|instead|otherwise|moreover|furthermore|additionally|for (?:example|instance)|in addition|as a result|in this (?:case|example)|finally|similarly|likewise|e\.g|i\.e)\b/i;
const pointing =
  /^(?:see|click|read|check out|visit|follow|refer|note that you can find)\b|\b(?:see below|see above|following (?:example|code|table)|examples? (?:above|below)|above example|as shown)\b/i;
const boilerplate =
  /copyright|all rights reserved|\blicen[sc]ed? under|npm (?:install|i) |yarn add|pnpm add|table of contents|subscribe|sponsor|star us|badge|pull requests? (?:are )?welcome|code of conduct|contribut(?:ions?|ing)\b/i;

/**
 * How well a sentence stands alone, from 0 to 1: of readable length, made of words rather than of symbols, and without a
 * "this" that points to what is not quoted.
 */
export function proseQuality(text: string): number {
  const words = text.split(/\s+/).length;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const dense = text.replace(/\s/g, '').length;
  let quality = letters > 0 && /[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]/.test(text) ? 1 : byLength(words);
  const share = dense === 0 ? 0 : letters / dense;
  if (share < 0.6) quality *= 0.2;
  else if (share < 0.75) quality *= 0.65;
  if (/[:：]$/.test(text)) quality *= 0.25;
  else if (/[?？]$/.test(text)) quality *= 0.4;
  else if (!/[.!…。！)"'”’»`]$/.test(text)) quality *= 0.75;
  if (dangling.test(text)) quality *= 0.7;
  if (pointing.test(text)) quality *= 0.4;
  if (boilerplate.test(text)) quality *= 0.4;
  if (/https?:\/\//.test(text)) quality *= 0.6;
  if (/^[\p{Ll}(]/u.test(text)) quality *= 0.7;
  const code = (text.match(/`[^`]*`/g) ?? []).reduce((sum, part) => sum + part.length, 0);
  if (code > text.length * 0.4) quality *= 0.6;
  return quality;
}

function byLength(words: number): number {
  if (words < 4) return 0.1;
  if (words < 7) return 0.6;
  if (words <= 36) return 1;
  if (words <= 55) return 0.75;
  return 0.4;
}
