import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import { createEspalier } from '../runtime/create-espalier.js';
import { defineWorkflow, type WorkflowOptions } from './workflow.js';

const output = makeAgent('n', [], () => 1);

describe('defineWorkflow', () => {
  it.each([
    [{ name: '' }, `defineWorkflow: name: expected letters, digits, '.', '_' or '-', got "" (string).`],
    [
      { name: 'two words' },
      `defineWorkflow: name: expected letters, digits, '.', '_' or '-', got "two words" (string).`,
    ],
    [{ version: 0 }, "defineWorkflow: version of 'w': expected a whole number from 1, got 0 (number)."],
    [{ version: 1.5 }, "defineWorkflow: version of 'w': expected a whole number from 1, got 1.5 (number)."],
    [{ concurrency: 0 }, "defineWorkflow: concurrency of 'w': expected a whole number from 1, got 0 (number)."],
    [
      { budget: { modelCalls: -1 } },
      "defineWorkflow: budget of 'w': expected a number of modelCalls from 0, got -1 (number).",
    ],
    [
      { budget: { calls: 1 } as never },
      "defineWorkflow: budget of 'w': expected tokens, modelCalls, toolCalls, cost, got 'calls'.",
    ],
  ] as [Partial<WorkflowOptions<never, typeof output>>, string][])('refuses %j', (options, message) => {
    expect(() => defineWorkflow({ name: 'w', version: 1, output, ...options })).toThrow(
      expect.objectContaining({ code: 'workflow-invalid', message }),
    );
  });

  it('refuses a deadline that is no duration, where it stands', () => {
    expect(() => defineWorkflow({ name: 'w', version: 1, output, deadline: 'soon' as never })).toThrow(
      "the deadline of workflow 'w': expected a duration",
    );
  });

  it('refuses policies that cannot be, and says whose they are', () => {
    expect(() => defineWorkflow({ name: 'w', version: 1, output, policies: { retry: -1 } })).toThrow(
      expect.objectContaining({
        code: 'policy-invalid',
        message: "`policies` of workflow 'w': @Retry({ attempts }): expected a whole number from 1, got -1 (number).",
      }),
    );
  });

  it('gives a frozen value that keeps its options', () => {
    const workflow = defineWorkflow({ name: 'w', version: 2, output, concurrency: 3 });
    expect([workflow.name, workflow.version, workflow.options.concurrency]).toEqual(['w', 2, 3]);
    expect([Object.isFrozen(workflow), Object.isFrozen(workflow.options)]).toEqual([true, true]);
  });
});

describe('two workflows of one name and version', () => {
  it('are refused, and told apart by their versions', async () => {
    const one = defineWorkflow({ name: 'w', version: 1, output });
    const other = defineWorkflow({ name: 'w', version: 1, output });
    await expect(createEspalier({ workflows: [one, other] })).rejects.toMatchObject({
      code: 'workflow-invalid',
      message: "createEspalier: two workflows are 'w' version 1.",
      hint: 'Give one of them another name, or the newer one a higher version.',
    });
    const newer = defineWorkflow({ name: 'w', version: 2, output });
    await expect(createEspalier({ workflows: [one, one, newer] })).resolves.toBeDefined();
  });
});
