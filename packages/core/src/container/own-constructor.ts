/** Parts of JavaScript source in which words mean nothing: comments and texts. */
const skipped = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
/** A regular expression literal, where one may stand. */
const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
/** The text of a template, from where it begins or goes on to where it ends or an expression begins. */
const templateText = /[`}](?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y;
const word = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const callBegins = /\s*\(/y;

/** After one of these it is a property, a static method or a value. */
const notDeclaring: ReadonlySet<string> = new Set(['.', 'static', '=']);

/** A slash after one of these begins a regular expression, and is no division. */
const beforeExpression = /^(?:[({[,;:=!&|?+*%^~<>-]|return|typeof|case|in|of|void|)$/;

/**
 * Whether a class has a constructor of its own, going by its source: `class B extends A {}` has none, and hands its
 * arguments on to that of `A`. Nothing else in the language tells.
 *
 * Only a member of the class body counts: the word may stand in comments, texts, nested classes and `this.constructor()`.
 */
export function hasOwnConstructor(target: abstract new (...args: never[]) => unknown): boolean {
  const source = Function.prototype.toString.call(target);
  if (!/^class\b/.test(source)) return true; // a function is its own constructor
  let before = '';
  for (const { text, depth, end } of tokensOf(source)) {
    const declares = text === 'constructor' && depth === 1 && !notDeclaring.has(before);
    if (declares && matchAt(callBegins, source, end) !== undefined) return true;
    before = text;
  }
  return false;
}

interface Token {
  /** A word, a sign, or a whole text. */
  readonly text: string;
  /** How many brackets are open before it. */
  readonly depth: number;
  /** Where it ends. */
  readonly end: number;
}

function* tokensOf(source: string): Generator<Token> {
  let depth = 0;
  let before = '';
  /** The depths at which the expressions of templates are, outermost first. */
  const templates: number[] = [];
  for (let at = 0; at < source.length; ) {
    const inTemplate = source[at] === '`' || (source[at] === '}' && templates.at(-1) === depth);
    const text =
      (inTemplate ? matchAt(templateText, source, at) : matchAt(skipped, source, at)) ??
      (beforeExpression.test(before) ? matchAt(regularExpression, source, at) : undefined) ??
      matchAt(word, source, at) ??
      (source[at] as string);
    at += text.length;
    if (/^(?:\s|\/\*|\/\/)/.test(text)) continue;
    yield { text, depth, end: at };
    before = text;
    if (text === '}' || text === ')' || text === ']' || (inTemplate && text[0] === '}')) depth -= 1;
    if (inTemplate && text[0] === '}') templates.pop();
    if (text === '{' || text === '(' || text === '[' || text.endsWith('${')) depth += 1;
    if (text.endsWith('${')) templates.push(depth);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
