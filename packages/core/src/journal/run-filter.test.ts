import { createEspalier, type RunFilter } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';

describe('a filter of runs', () => {
  it.each([
    [{ ended: 'no' }, 'ended', 'true or false, got "no" (string)'],
    [
      { status: 'done' },
      'status',
      'one of completed, failed, cancelled, timed_out, budget_exceeded, got "done" (string)',
    ],
    [{ owned: 1 }, 'owned', 'true or false, got 1 (number)'],
    [{ workflow: 7 }, 'workflow', 'the name of a workflow, got 7 (number)'],
    [{ parent: false }, 'parent', 'the id of a run, or null, got false (boolean)'],
    [{ due: Number.NaN }, 'due', 'a time in milliseconds, got NaN (number)'],
    [{ newest: 'yes' }, 'newest', 'true or false, got "yes" (string)'],
    [{ after: null }, 'after', 'the id of a run, got null'],
    [{ limit: 1.5 }, 'limit', 'a whole number from 0, got 1.5 (number)'],
  ])('is refused where it is %j', async (filter, name, expected) => {
    const espalier = await createEspalier({ workflows: [] });
    await expect(espalier.list(filter as RunFilter)).rejects.toMatchObject({
      code: 'option-invalid',
      message: `list({ ${name} }): expected ${expected}.`,
    });
  });

  it('is an object, of questions too', async () => {
    const espalier = await createEspalier({ workflows: [] });
    await expect(espalier.list(null as never)).rejects.toMatchObject({
      code: 'option-invalid',
      message: 'list(filter): expected an object, got null.',
    });
    expect(() => espalier.questions({ newest: 'yes' as never })).toThrow(
      'questions({ newest }): expected true or false, got "yes" (string).',
    );
  });

  it('may leave everything open', async () => {
    const espalier = await createEspalier({ workflows: [] });
    expect(await espalier.list({ due: Number.POSITIVE_INFINITY, parent: null, status: 'failed', limit: 0 })).toEqual(
      [],
    );
  });
});
