/** The ways to ask a model. Loaded at boot with the first agent that may: a program of plain code starts without them. */
export { generateObject, generateText } from './generate.js';
export { streamText } from './stream-text.js';
