/** What a provider's strict mode asks of a JSON Schema. */
export interface StrictRules {
  /** How the provider begins what it says, such as `Invalid schema for function 'search'`. */
  readonly where: string;
  readonly param: string;
  /** Every property must be required. */
  readonly allRequired: boolean;
  /** Keywords that it does not know. */
  readonly refused: readonly string[];
  /** The root must be an object. */
  readonly objectRoot: boolean;
  /** Every schema needs a `type`, `anyOf`, `$ref`, `enum` or `const`. */
  readonly typed: boolean;
  /** A schema may contain itself. */
  readonly recursion: boolean;
  /** The largest `minItems`. */
  readonly minItems: number;
  /** Objects and lists within each other. */
  readonly depth: number;
}

const composed = ['not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else', 'oneOf'];
const shapes = ['patternProperties', 'propertyNames', 'unevaluatedProperties', 'minProperties', 'maxProperties'];
const arrays = ['prefixItems', 'contains', 'minContains', 'maxContains', 'uniqueItems', 'unevaluatedItems'];

/** OpenAI's strict mode. @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export const openaiRules = (where: string, param: string): StrictRules => ({
  where,
  param,
  allRequired: true,
  refused: [...composed, 'allOf', ...shapes, ...arrays],
  objectRoot: true,
  typed: true,
  recursion: true,
  minItems: Number.POSITIVE_INFINITY,
  depth: 10,
});

/** Anthropic's. @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */
export const anthropicRules = (where: string, param: string): StrictRules => ({
  where,
  param,
  allRequired: false,
  refused: [
    ...composed.filter((keyword) => keyword !== 'oneOf'),
    ...shapes,
    ...arrays,
    ...[
      'minimum',
      'maximum',
      'exclusiveMinimum',
      'exclusiveMaximum',
      'multipleOf',
      'minLength',
      'maxLength',
      'maxItems',
    ],
  ],
  objectRoot: false,
  typed: false,
  recursion: false,
  minItems: 1,
  depth: Number.POSITIVE_INFINITY,
});
