import { Agent, type ChatModel, createEspalier, defineWorkflow } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const model: ChatModel = {
  name: 'test:text',
  async generate() {
    return {
      message: { role: 'assistant', content: [{ type: 'text', text: 'short' }] },
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 1 },
      model: 'text',
    };
  },
};

describe('an agent without run()', () => {
  it('does not declare data as its output: it gives text', async () => {
    @Agent({ instructions: 'You judge.', output: z.object({ score: z.number() }) })
    class Judge {}
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Judge });
    await expect(createEspalier({ workflows: [workflow], models: { default: model } })).rejects.toMatchObject({
      faults: [
        {
          code: 'decorator-conflict',
          message: expect.stringMatching(
            /^Judge has no run\(\), so its output is the model's text; @Agent\(\{ output \}\) asks for data of .+\.$/,
          ),
          hint: expect.stringContaining('in class Judge, and remove `output`.'),
          where: { class: 'Judge' },
        },
      ],
    });
  });

  it('may check the text', async () => {
    @Agent({ instructions: 'You write.', output: z.string().max(10) })
    class Writer {}
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Writer });
    const espalier = await createEspalier({ workflows: [workflow], models: { default: model } });
    await expect(espalier.run(workflow, 'anything')).resolves.toBe('short');
  });
});
