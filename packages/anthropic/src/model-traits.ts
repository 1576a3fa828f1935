/** Which settings of thinking a model takes. What it does not take, Anthropic answers with HTTP 400. */
type ThinkingKind =
  /** Always on: only its effort can be set. */
  | 'always'
  /** The model decides; off but for notes between tool calls with `between_tools`. */
  | 'between-tools'
  /** The model decides; can be disabled. */
  | 'adaptive'
  /** Off, or on with a budget of tokens. */
  | 'budget';

/** What the adapter has to know of a model. */
export interface ModelTraits {
  readonly thinking: ThinkingKind;
  /** `max_tokens` where the request names none: Anthropic's API requires it. */
  readonly maxTokens: number;
  /** Whether thinking is refused behind other messages than those that it was written after. */
  readonly boundThinking?: boolean;
}

/** Enough for long answers with thinking, and within what every model since Claude 4 can give. */
const MAX_TOKENS = 16_000;

/**
 * Models that differ from those of today, which think adaptively. By patterns, so that Bedrock's and Google's names
 * (`anthropic.claude-opus-5-5`, `claude-opus-4-5@20251101`) and dated ones are found too.
 * @see https://platform.claude.com/docs/en/build-with-claude/thinking (read in November 2026)
 */
const exceptions: readonly (readonly [pattern: RegExp, traits: ModelTraits])[] = [
  [/claude-(?:instant|2|3-(?:opus|sonnet|haiku))/, { thinking: 'budget', maxTokens: 4096 }],
  [/claude-3-5/, { thinking: 'budget', maxTokens: 8192 }],
  [/claude-(?:3-7|(?:opus|sonnet|haiku)-4(?:-[0-5])?(?!-?\d(?!\d)))/, { thinking: 'budget', maxTokens: MAX_TOKENS }],
  [/claude-(?:fable-5|mythos-(?:5|preview))(?!-[1-9](?!\d))/, { thinking: 'always', maxTokens: MAX_TOKENS }],
  [/claude-(?:fable|mythos)-|claude-opus-5-5/, { thinking: 'always', maxTokens: MAX_TOKENS, boundThinking: true }],
  [/claude-sonnet-5-5/, { thinking: 'between-tools', maxTokens: MAX_TOKENS, boundThinking: true }],
  [
    /claude-(?:(?:opus|sonnet)-4-[6-8]|(?:opus|sonnet)-5(?!-?\d(?!\d)))/,
    { thinking: 'adaptive', maxTokens: MAX_TOKENS },
  ],
];

const current: ModelTraits = { thinking: 'adaptive', maxTokens: MAX_TOKENS, boundThinking: true };

/** What a model takes. One that is not known is taken for one of today's. */
export const traitsOf = (model: string): ModelTraits =>
  exceptions.find(([pattern]) => pattern.test(model))?.[1] ?? current;
