const dangling =
  /^(?:this|that|these|those|it|its|they|their|he|his|she|her|each|both|here|there|such|so|then|thus|hence|however|therefore|but|and|or|also|instead|otherwise|moreover|furthermore|additionally|for (?:example|instance)|in addition|as a result|in this (?:case|example)|finally|similarly|likewise|e\.g|i\.e|(?:any|every|no)(?:thing|body|one) else|all else|more(?! than)|the (?:others?|rest|former|latter))\b/i;
/** "Until it is, …", "None of them …", "… is built from that.": what is meant stands elsewhere, too. */
const leaning =
  /^(?:\w+ ){1,2}of (?:them|these|those|it)\b|^(?:after|although|apart from|around|as|at|because|before|behind|besides|between|beyond|by|for|from|if|in|of|on|once|since|though|to|under|unless|until|when|where|while|with|without) (?:it|they|them|this|that|these|those|he|she|both)\b(?! (?:who|which|that)\b)|\b(?:by|for|from|of|to|with|without) (?:this|that|these|those|them)[.!]$/i;
/** The words before a block of code: "Run it with". */
const leadingOn =
  /\b(?:a|add|and|are|as|at|be|by|call|for|from|in|into|is|like|of|on|or|run|than|the|through|to|use|using|via|with|write)$/i;
const pointing =
  /^(?:see|click|read|check out|visit|follow|refer|note that you can find|here(?:'s| is| are)|for (?:more|the description|further|full|details|a full))\b|\b(?:see below|see above|following \w+|examples? (?:above|below)|above example|as shown)\b|\bsee (?:the )?[\w-]+\.?$/i;
/** A predicate without its subject, as in a table of options. */
const partial = /^(?:will|same as|returns?|requires?|defaults? to|used|useful|whether|or else|strips?|throws?)\b/i;
/** `Type: string`, the label of a reference. */
const label =
  /^(?:types?|defaults?|returns?|since|examples?|values?|default value|required|optional|parameters?|signature|what to do|see|tests?)\s*[:：]/i;
const boilerplate =
  /copyright|all rights reserved|\blicen[sc]ed? under|npm (?:install|i) |yarn add|pnpm add|table of contents|subscribe|sponsor|backers|donat(?:e|ion)|thanks to|supported by|maintained by|star us|badge|pull requests? (?:are )?welcome|code of conduct|vulnerabilit(?:y|ies)|bug reports?|open an issue|contribut(?:ions?|ing)\b/i;

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
  if (/[:：]$|(?:\.\.\.|…)$/.test(text)) quality *= 0.18;
  else if (/[?？؟]$/.test(text)) quality *= 0.18;
  else if (leadingOn.test(text)) quality *= 0.18;
  else if (!/[.!…。！)"'”’»`]$/.test(text)) quality *= 0.75;
  if (letters > 12 && (text.match(/\p{Lu}/gu)?.length ?? 0) > letters * 0.6) quality *= 0.3;
  if (dangling.test(text) || leaning.test(text)) quality *= 0.5;
  if (partial.test(text)) quality *= 0.75;
  if (label.test(text)) quality *= 0.3;
  if (pointing.test(text)) quality *= 0.4;
  if (/https?:\/\//.test(text)) quality *= 0.6;
  if (/^\/\/|[;{}]$|\b(?:const|let|var) \w+ = /.test(text)) quality *= 0.3;
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

/** Whether a sentence is one that stands in every project's page, and says nothing of the subject unless it is asked for. */
export function isBoilerplate(text: string): boolean {
  return boilerplate.test(text);
}
