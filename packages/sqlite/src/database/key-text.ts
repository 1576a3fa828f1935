/**
 * An id or name as SQLite can keep it. UTF-8 has no lone surrogates: what has some, and what could be taken for the result, is
 * written as JSON. No two texts become the same.
 */
export const keyText = (text: string): string =>
  text.startsWith('"') || /\p{Surrogate}/u.test(text) ? JSON.stringify(text) : text;

/** The text that {@link keyText} was given. */
export const textOfKey = (key: string): string => (key.startsWith('"') ? (JSON.parse(key) as string) : key);
