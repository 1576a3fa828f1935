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
const CUT = '…';
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
    let cut = text.indexOf(CUT);
    for (let at = 0; at < text.length; at++) {
      if (cut !== -1 && cut < at) cut = text.indexOf(CUT, at);
      const last = found.at(-1);
      const isCovered = last !== undefined && at < last.to && last.to >= cut; // up to where it was cut, if it was
      const length = this.#longestAt(text, at, isCovered ? -1 : cut);
      if (length === 0) continue;
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

  #longestAt(text: string, at: number, cut: number): number {
    let longest = 0;
    let branch = this.#root;
    for (let depth = at; ; depth++) {
      const { end } = branch;
      if (end !== undefined && fits(text, at, end)) longest = end.text.length;
      const child = branch.next.get(text.charCodeAt(depth));
      if (child === undefined) return depth === cut && cut - at >= LEAST ? cut - at : longest;
      if (!isBranch(child)) return lengthAt(text, at, child, cut) || longest;
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

/** How much of a known text is at a place: all of it, or what stands there up to where it was cut. */
function lengthAt(text: string, at: number, known: Known, cut: number): number {
  if (text.startsWith(known.text, at)) return fits(text, at, known) ? known.text.length : 0;
  if (cut - at < LEAST || (known.alone && isPartOfWord(text, at - 1))) return 0;
  return known.text.startsWith(text.slice(at, cut)) ? cut - at : 0;
}

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
