/** Bounds of an agent's model and tool calls, where its `@Agent` options say nothing. */
export const agentDefaults = Object.freeze({
  /** Name of the model. */
  model: 'default',
  /** Most model calls in one tool loop. */
  maxTurns: 8,
  /** Most model calls in one attempt. */
  maxModelCalls: 16,
  /** Most tool calls in one attempt. */
  maxToolCalls: 32,
  /** How often an answer of the wrong shape goes back to the model. */
  corrections: 2,
});
