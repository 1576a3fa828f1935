/** Lengths of the groups of letters that are counted. */
const GROUPS = [3, 4, 5] as const;

/** What a whole word counts beside its groups. */
const WORD = 3;

/**
 * Counts the words of a text, and the groups of letters in them, in a vector: each feature at the place that its hash names, added
 * or taken away as another bit of it says, so that features that fall together cancel out rather than pile up.
 *
 * @see Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009
 */
export function addFeatures(text: string, vector: Float64Array): void {
  const counts = new Map<string, number>();
  const count = (feature: string, weight: number): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + weight);
  };
  const words = new Map<string, number>();
  for (const [word] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  for (const [word, times] of words) {
    const letters = [' ', ...word, ' ']; // by code points; the ends of a word count as letters
    count(` ${word} `, WORD * times);
    for (const length of GROUPS) {
      for (let from = 0; from + length <= letters.length; from++)
        count(letters.slice(from, from + length).join(''), times);
    }
  }
  for (const [feature, weight] of counts) {
    const hash = hashOf(feature);
    const place = (hash >>> 1) % vector.length;
    // A word that stands there ten times says little more than one that stands there twice.
    vector[place] = (vector[place] as number) + (hash & 1 ? 1 : -1) * (1 + Math.log(weight));
  }
}

/** FNV-1a over UTF-16, and then mixed: its low bits alone are not even enough. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
