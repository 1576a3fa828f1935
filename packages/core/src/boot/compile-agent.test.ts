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

  it('does not have it as a property, which nothing checks', async () => {
    @Agent()
    class Shout {
      run = (text: string): string => `${text}!`;
    }
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Shout });
    await expect(createEspalier({ workflows: [workflow], models: { default: model } })).rejects.toMatchObject({
      faults: [
        {
          code: 'option-invalid',
          message: 'Shout.run is a property: expected a method, which the proof can see.',
          hint: 'Write run(…) { … } instead of run = (…) => … in class Shout.',
          where: { class: 'Shout.run' },
        },
      ],
    });
    await expect(createEspalier({ workflows: [workflow] })).rejects.toMatchObject({
      faults: [
        { code: 'model-unknown', hint: expect.stringContaining('or a method run() in class Shout, if it is code.') },
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
