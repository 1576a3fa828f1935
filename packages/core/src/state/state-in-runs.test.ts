import { expect, it } from '@jest/globals';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { Merge, SharedState } from '../decorators/shared-state.js';
import { Fallback } from '../policies/fallback.js';
import { append } from './merge-rules.js';

@SharedState()
class Log {
  @Merge(append) lines: string[] = [];
}

const failing = (fallback: ReturnType<typeof makeAgent>) =>
  makeAgent(
    'output',
    [],
    (_inputs, ctx) => {
      ctx.state(Log).write({ lines: ['of the attempt that failed'] });
      throw new Error('no');
    },
    [Fallback(fallback as never) as never],
  );

it('what a failed attempt wrote vanishes, also where a fallback takes its place', async () => {
  const silent = await build(failing(makeAgent('silent', [], () => 'well')));
  expect((await silent.start().outcome).state(Log).lines).toEqual([]);
  const writing = makeAgent('writing', [], (_inputs, ctx) => {
    ctx.state(Log).write({ lines: ['of the fallback'] });
    return 'well';
  });
  const { start } = await build(failing(writing));
  expect((await start().outcome).state(Log).lines).toEqual(['of the fallback']);
});
