import { Agent, type AgentOptions, type ChatModel, createEspalier, defineWorkflow } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';

/** A model that never says anything: the most stubborn of all. */
const silent: ChatModel = {
  name: 'test:silent',
  async generate() {
    return {
      message: { role: 'assistant', content: [] },
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 0 },
      model: 'silent',
    };
  },
};

async function boundAndCalls(options: AgentOptions): Promise<readonly [number, number]> {
  @Agent(options)
  class Mute {}
  const workflow = defineWorkflow({ name: 'test', version: 1, output: Mute });
  const espalier = await createEspalier({ workflows: [workflow], models: { default: silent } });
  const { usage } = await espalier.start(workflow, 'speak').outcome;
  return [espalier.describe(workflow).worstCase.modelCalls, usage.modelCalls];
}

describe('the worst case of a plain model agent', () => {
  it('has its corrections in it', async () => {
    await expect(boundAndCalls({ maxTurns: 1, corrections: 2 })).resolves.toEqual([3, 3]);
  });

  it('is never above maxModelCalls', async () => {
    await expect(boundAndCalls({ maxTurns: 4, corrections: 4, maxModelCalls: 3 })).resolves.toEqual([3, 3]);
  });
});
