/** A named section of a prompt: an input of an agent. */
interface Section {
  readonly name: string;
  readonly text: string;
  /** Of the opening tag: `<document path="a.md">`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PromptParts {
  /** What stands outside of all sections: the task. */
  readonly free: string;
  readonly sections: readonly Section[];
}

const opening = /^<([A-Za-z][\w.-]*(?:\[\d+\])?)((?:[ \t]+[\w-]+="[^"\n]*")*)[ \t]*>/gm;
const attribute = /([\w-]+)="([^"]*)"/g;
/** `## document`: one word, so that the headings of an ordinary Markdown text are no sections. */
const headed = /^## ([a-z][\w.-]*(?:\[\d+\])?)[ \t]*$/gm;
const htmlNames = new Set(
  'p div span table thead tbody tr td th ul ol li img a br hr h1 h2 h3 h4 h5 h6 pre code center picture sub sup b i u em strong kbd details video svg script style html head body'.split(
    ' ',
  ),
);

/**
 * Splits a prompt into its task and its inputs.
 *
 * A section is `<name>…</name>`, the opening tag at the start of a line; the first closing tag that is balanced ends it.
 * Without one, a line `## name` (one word, small first letter) opens a section up to the next such line. Names of HTML
 * elements are text.
 */
export function splitSections(prompt: string): PromptParts {
  const tagged = splitTags(prompt);
  return tagged.sections.length > 0 ? tagged : splitHeadings(prompt);
}

function splitTags(prompt: string): PromptParts {
  const sections: Section[] = [];
  let free = '';
  let position = 0;
  const unclosed = new Set<string>();
  const finder = new RegExp(opening);
  for (let match = finder.exec(prompt); match !== null; match = finder.exec(prompt)) {
    const [tag, name = '', attributes = ''] = match;
    if (htmlNames.has(name.toLowerCase())) continue;
    const end = unclosed.has(name) ? -1 : closing(prompt, name, match.index + tag.length);
    if (end === -1) {
      unclosed.add(name);
      continue;
    }
    free += prompt.slice(position, match.index);
    sections.push({ name, text: trimLines(prompt.slice(match.index + tag.length, end)), attributes: read(attributes) });
    position = prompt.indexOf('>', end) + 1;
    finder.lastIndex = position;
  }
  return { free: (free + prompt.slice(position)).trim(), sections };
}

/**
 * Where the tag that closes `name` begins, minding sections of the same name inside; -1 without one. What began on a line of its
 * own ends on one, where there is such a line: JSON may hold the tag within a text. Where sections of one name are not balanced,
 * the last tag closes the first: so the work stays linear.
 */
function closing(prompt: string, name: string, from: number): number {
  const own = /[\r\n]/.test(prompt[from] ?? '') ? balanced(prompt, name, from, `\n</${name}>`) : -1;
  return own === -1 ? balanced(prompt, name, from, `</${name}>`) : own + 1;
}

function balanced(prompt: string, name: string, from: number, close: string): number {
  const open = `\n<${name}>`;
  let depth = 1;
  let last = -1;
  let end = prompt.indexOf(close, from);
  let nested = end === -1 ? -1 : prompt.indexOf(open, from);
  for (; end !== -1; end = prompt.indexOf(close, end + close.length)) {
    for (; nested !== -1 && nested < end; nested = prompt.indexOf(open, nested + open.length)) depth += 1;
    depth -= 1;
    if (depth === 0) return end;
    last = end;
  }
  return last;
}

function splitHeadings(prompt: string): PromptParts {
  const marks = [...prompt.matchAll(headed)];
  const sections = marks.map((mark, index): Section => {
    const text = prompt.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? prompt.length);
    return { name: mark[1] as string, text: text.trim(), attributes: {} };
  });
  return { free: prompt.slice(0, marks[0]?.index ?? prompt.length).trim(), sections };
}

/** Without the line breaks next to the tags: what stands between is kept as it is. */
function trimLines(text: string): string {
  return text.replace(/^\r?\n/, '').replace(/\r?\n[ \t]*$/, '');
}

function read(attributes: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...attributes.matchAll(attribute)].map((match) => [match[1], match[2]]));
}
