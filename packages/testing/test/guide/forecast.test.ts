import {
  connectionCut,
  espalierMatchers,
  overloaded,
  rateLimited,
  scriptedModel,
  stub,
  testWorkflow,
  unauthorized,
  when,
} from '@espalier/testing';
import { expect, it } from '@jest/globals';
import { Forecast, Stations, Warning } from './forecast.js';

expect.extend(espalierMatchers);

const stations = { provide: Stations, useValue: { level: async (place: string) => `4.2 m at ${place}` } };

it('measures, then answers', async () => {
  const model = scriptedModel({ calls: [{ tool: 'level', arguments: { place: 'Brest' } }] }, 'High tide: 4.2 m.');
  const { run } = await testWorkflow(Forecast, { model, providers: [stations] });

  const result = await run('Brest');

  await expect(result).toHaveCompleted('High tide: 4.2 m.');
  await expect(result).toHaveCalledTool('level', { place: 'Brest' });
  expect(model.toolResults).toEqual(['4.2 m at Brest']);
  model.assertDone();
});

it('waits for hours when the provider is overloaded', async () => {
  const model = scriptedModel(overloaded(), rateLimited({ retryAfter: '90s' }), connectionCut(), 'Ebb.');
  const { run } = await testWorkflow(Forecast, { model, providers: [stations] });

  const result = await run('Brest');

  await expect(result).toHaveCompleted('Ebb.');
  await expect(result).toHaveRun('forecast', { attempts: 4 });
  await expect(result).toHaveSpentAtMost({ modelCalls: 4, wallTime: '7h' });
});

it('gives up at once when the key is wrong', async () => {
  const model = scriptedModel(unauthorized());
  const { run } = await testWorkflow(Forecast, { model, providers: [stations] });

  await expect(run('Brest')).resolves.toHaveFailed('model-auth');
  model.assertDone();
});

const script = () =>
  scriptedModel(
    when('You measure the tide', 'High tide.'),
    when('You know the local winds', 'Gale.'),
    when({ instructions: 'You warn sailors', user: 'High tide. Gale.' }, 'Stay in port.'),
  );

it('publishes a warning that is approved', async () => {
  const model = script();
  const { run } = await testWorkflow(Warning, { model, providers: [stations] });

  const result = await run('Brest', { answers: { publish: { ok: true } } });

  await expect(result).toHaveCompleted('Stay in port.');
  await expect(result).toHaveOrder('forecast', 'warning');
  model.assertDone();
});

it('fails when nobody approves for two days', async () => {
  const { run } = await testWorkflow(Warning, { model: script(), providers: [stations] });

  const result = await run('Brest');

  await expect(result).toHaveFailed('signal-timed-out');
  await expect(result).toHaveWaitedFor('publish');
});

it('warns of what the forecast says', async () => {
  const model = scriptedModel(
    when('You know the local winds', 'Calm.'),
    when({ user: 'Spring tide. Calm.' }, 'Mind the rocks.'),
  );
  const { run } = await testWorkflow(Warning, { model, providers: [stub(Forecast, 'Spring tide.')] });

  await expect(await run('Brest', { answers: { publish: { ok: true } } })).toHaveCompleted('Mind the rocks.');
});
