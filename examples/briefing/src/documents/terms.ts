const functionWords = new Set(
  `a about after all also an and any are as at be because been before being between both but by can could did do does doing done down each every few for from get gets given gives had has have having
he her here him his how i if in into is it its itself just let made make makes many may me might more most much must my need no nor not now of off on once one only or other our out over own same she
should so some such than that the their them then there these they this those through to too under until up us use used uses using very was way we were what when where which while who whom whose why
will with within without would you your happen happens mean means work works`.split(/\s+/),
);

/** The words of a text that carry its subject, without their commonest endings. */
export function termsOf(text: string): readonly string[] {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? []).filter((word) => word.length > 1 && !functionWords.has(word)).map(stem);
}

/** `retries`, `retried` and `retry` are one word here. Crude, and the same for texts and questions. */
function stem(word: string): string {
  if (word.length < 4) return word;
  return word
    .replace(/(?:ies|ied)$/, 'y')
    .replace(/(?:ations?|ating|ated|ates?)$/, 'at')
    .replace(/(?<=.{3})(?:ings?|ed|ers?|es|ly|ment|ments)$/, '')
    .replace(/(?<=[^s])s$/, '')
    .replace(/(?<=.{3})e$/, '')
    .replace(/([^aeiouls])\1$/, '$1');
}
