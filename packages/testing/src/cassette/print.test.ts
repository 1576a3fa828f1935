import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, print } from './print.js';

describe('print', () => {
  it('has keys in a fixed order, small things on one line, long texts line by line', () => {
    const value = {
      zeta: 1,
      request: { messages: [{ content: `You research.\n${'Long. '.repeat(5)}\n\nEnd.`, role: 'system' }], tools: [] },
      alpha: [1, 'two', null, true],
      version: 1,
      left: undefined,
      short: 'a\nb',
    };
    expect(print(value)).toBe(`{
  "version": 1,
  "request": {
    "messages": [
      {
        "role": "system",
        "content": {
          "$lines": [
            "You research.",
            "Long. Long. Long. Long. Long. ",
            "",
            "End."
          ]
        }
      }
    ],
    "tools": []
  },
  "alpha": [1, "two", null, true],
  "short": "a\\nb",
  "zeta": 1
}
`);
    expect(parse(print(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it('gives back any JSON, also such as looks like its own, and does not depend on the order of keys', () => {
    const key = fc.constantFrom('$lines', '$$lines', 'a', 'role', 'text', '__proto__x');
    const text = fc.oneof(fc.string(), fc.constant(`${'x'.repeat(50)}\n\ny`));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.boolean(),
        fc.array(tie('tree')),
        fc.dictionary(key, tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const printed = print(value);
        expect(parse(printed)).toEqual(value);
        expect(print(reversed(value))).toBe(printed);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}
