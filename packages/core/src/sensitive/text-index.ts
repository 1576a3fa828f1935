import type { Range } from './marks.js';

/** A text that is looked for. */
interface Known {
  readonly text: string;
  /** It counts only where no letter and no digit is beside it: a number is no part of a longer one. */
  readonly alone: boolean;
}

/** A place in the tree: its texts have the same beginning. One that nothing else begins like is kept as it is. */
interface Branch {
  readonly next: Map<number, Branch | Known>;
  /** The text that ends here. */
  end: Known | undefined;
}

const isBranch = (node: Branch | Known): node is Branch => 'next' in node;

/** What stands where a text was cut, and how much of it is known for sure by its beginning. */
const CUT = 0x2026; // …
const LEAST = 4;

/**
 * Texts, and where they are in another text, whole or cut: their beginning, then `…`. To add one costs its length; to search
 * costs next to nothing where none begins.
 */
export class TextIndex {
  readonly #root: Branch = { next: new Map(), end: undefined };

  add(text: string, alone = false): void {
    let branch = this.#root;
    for (let depth = 0; ; depth++) {
      if (depth === text.length) {
        if (branch.end?.alone !== false) branch.end = { text, alone };
        return;
      }
      const code = text.charCodeAt(depth);
      const child = branch.next.get(code);
      if (child === undefined || (!isBranch(child) && child.text === text)) {
        if (child?.alone !== false) branch.next.set(code, { text, alone });
        return;
      }
      branch = isBranch(child) ? child : split(branch, child, code, depth + 1);
    }
  }

  /** Where known texts are, those that overlap as one. */
  find(text: string): readonly Range[] {
    const found: { from: number; to: number }[] = [];
    for (let at = 0; at < text.length; at++) {
      const length = this.#longestAt(text, at);
      if (length === 0) continue;
      const last = found.at(-1);
      const to = at + length;
      if (last === undefined || at > last.to) found.push({ from: at, to });
      else if (to > last.to) last.to = to;
    }
    return found;
  }

  /** From where on a text may be the beginning of a known one, or be one that is not alone once more text has come. */
  tailOf(text: string): number {
    for (let at = 0; at < text.length; at++) if (this.#mayBegin(text, at)) return at;
    return text.length;
  }

  #longestAt(text: string, at: number): number {
    let longest = 0;
    let branch = this.#root;
    for (let depth = at; ; depth++) {
      const { end } = branch;
      if (end !== undefined && fits(text, at, end)) longest = end.text.length;
      const child = branch.next.get(text.charCodeAt(depth));
      if (child === undefined) return isCut(text, at, depth) ? depth - at : longest;
      if (!isBranch(child)) return lengthAt(text, at, child) || longest;
      branch = child;
    }
  }

  #mayBegin(text: string, at: number): boolean {
    let branch = this.#root;
    for (let depth = at; depth < text.length; depth++) {
      const child = branch.next.get(text.charCodeAt(depth));
      if (child === undefined) return false;
      if (!isBranch(child)) return goesOnWith(text.slice(at), child);
      branch = child;
    }
    return branch.next.size > 0 || branch.end?.alone === true;
  }
}

/** How much of a known text is at a place. */
function lengthAt(text: string, at: number, known: Known): number {
  if (text.startsWith(known.text, at)) return fits(text, at, known) ? known.text.length : 0;
  let depth = at;
  while (text.charCodeAt(depth) === known.text.charCodeAt(depth - at)) depth += 1;
  return isCut(text, at, depth) && !(known.alone && isPartOfWord(text, at - 1)) ? depth - at : 0;
}

const isCut = (text: string, from: number, to: number): boolean => to - from >= LEAST && text.charCodeAt(to) === CUT;

/** Whether what a text ends with may go on to be the known one: or be it, but not alone. */
function goesOnWith(tail: string, { text, alone }: Known): boolean {
  return text.startsWith(tail) && (alone || tail.length < text.length);
}

/** A text gets company: the two part at the first character in which they differ. */
function split(parent: Branch, known: Known, code: number, depth: number): Branch {
  const branch: Branch = { next: new Map(), end: undefined };
  if (known.text.length === depth) branch.end = known;
  else branch.next.set(known.text.charCodeAt(depth), known);
  parent.next.set(code, branch);
  return branch;
}

const fits = (text: string, at: number, known: Known): boolean =>
  !known.alone || !(isPartOfWord(text, at - 1) || isPartOfWord(text, at + known.text.length));

const isPartOfWord = (text: string, at: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(at));
