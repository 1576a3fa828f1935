/** Marks what follows as four hexadecimal digits. No text of people has it. */
const MARK = '\uffff';

/**
 * A text as SQLite can keep it, so that a text that begins with another still does. UTF-8 has no lone surrogates: these are
 * written as digits. No two texts become the same.
 */
export const prefixText = (text: string): string =>
  text.replace(/\p{Surrogate}|\uffff/gu, (unit) => MARK + unit.charCodeAt(0).toString(16));

/** The text that {@link prefixText} was given. */
export const textOfPrefix = (kept: string): string =>
  kept.replace(/\uffff([\da-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** The first text after all that begin with this one. */
export const afterPrefix = (text: string): string => `${prefixText(text)}\u{10ffff}`;
