/** Marks what follows as four hexadecimal digits. No text of people has it. */
const MARK = '\uffff';

/** The last of all characters: no text is kept with it, so it stands behind all that texts have. */
const LAST = '\u{10ffff}';

/**
 * A text as SQLite can keep it, so that a text that begins with another still does. UTF-8 has no lone surrogates: these are
 * written as digits. No two texts become the same.
 */
export const prefixText = (text: string): string =>
  text.replace(/\p{Surrogate}|\uffff|\u{10ffff}/gu, (character) =>
    character
      .split('') // into units: the last character has two
      .map((unit) => MARK + unit.charCodeAt(0).toString(16))
      .join(''),
  );

/** The text that {@link prefixText} was given. */
export const textOfPrefix = (kept: string): string =>
  kept.replace(/\uffff([\da-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** The first text after all that begin with this one. */
export const afterPrefix = (text: string): string => prefixText(text) + LAST;
