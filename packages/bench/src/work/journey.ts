import { z } from 'zod';

/** What the agents do: five calls of a tool, each with what the one before gave, and an answer of the last. */
export const toolTurns = 5;

/** Calls of the model that an agent makes. */
export const turns = toolTurns + 1;

export const modelName = 'gpt-4.1-mini';

export const instructions =
  'You are a patient traveller. Advance in small steps with your tool, from one position to the next, and never guess ' +
  'where you are: the tool tells. When you have made five advances, say where the journey ends.';

export const agentPrompt = (start: number): string => `Begin the journey at position ${start}.`;

export const toolName = 'advance';
export const toolDescription = 'Goes on from a position by a number of steps, and tells the position reached.';

/** The same for all who check arguments. The hand-written loop does not. */
export const toolArguments = z.object({
  position: z.number().describe('Where to go on from'),
  steps: z.number().min(1).max(10).describe('How far to go'),
  reason: z.string().describe('Why it is time to move'),
});

export type ToolArguments = z.infer<typeof toolArguments>;

/** The tool. Asynchronous, as most are. */
export const advance = async ({ position, steps }: ToolArguments): Promise<{ position: number }> => ({
  position: position + steps,
});

/** What the model asks for each time. */
export const stepsAtOnce = 3;

export const expectedAnswer = (start: number): string => answerAt(start + toolTurns * stepsAtOnce);

export const answerAt = (position: number): string => `The journey ends at position ${position}.`;

export const streamPrompt = (deltas: number): string => `Count to ${deltas}.`;

/** One delta of a stream: each differs from the others, so that none can be lost, doubled or misplaced unseen. */
export const deltaText = (index: number): string => `${index} `;

export const expectedText = (deltas: number): string =>
  Array.from({ length: deltas }, (_, index) => deltaText(index)).join('');
