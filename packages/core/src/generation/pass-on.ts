import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Message } from '../model/message.js';
import { toPlain } from '../schema/plain.js';
import type { AgentGeneration } from './compiled-agent.js';
import { readMessages } from './read-messages.js';

/**
 * What another agent gets to read at a hand-off: the conversation without system messages, or what `pass` chooses of it.
 * @throws condition-failed
 */
export function passOn({ handoff }: AgentGeneration, messages: readonly Message[], node: string): readonly Message[] {
  const conversation = messages.filter(({ role }) => role !== 'system');
  if (handoff?.pass === undefined) return conversation;
  let passed: unknown;
  try {
    passed = handoff.pass(toPlain(conversation) as unknown as readonly Message[]);
  } catch (error) {
    throw new EspalierError('condition-failed', `@Handoff({ pass }) of node '${node}' threw: ${describe(error)}`, {
      where: { node },
      cause: error,
    });
  }
  if (!Array.isArray(passed) || passed.length === 0) {
    throw new EspalierError(
      'condition-failed',
      `@Handoff({ pass }) of node '${node}': expected messages, at least one, got ${describeValue(passed)}.`,
      { hint: 'Keep the last message of the user at the least: a model needs something to answer.', where: { node } },
    );
  }
  return readMessages(passed, { node, what: 'what @Handoff({ pass }) gave' }, (problem) => {
    const message = `@Handoff({ pass }) of node '${node}': ${problem}.`;
    return new EspalierError('condition-failed', message, { where: { node } });
  });
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : describeValue(error));
