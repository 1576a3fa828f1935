import {
  Agent,
  createEspalier,
  DependsOn,
  type EspalierError,
  Fallback,
  MemoryJournal,
  Retry,
  Tool,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

@Agent()
class Facts {
  run(): string[] {
    return ['a', 'b'];
  }
}

@Agent()
class Tone {
  run(): string {
    return 'dry';
  }
}

@Agent({ instructions: 'Write plainly.', model: 'cheap' })
class Spare {
  @Tool('Look')
  look(): string {
    return 'fog';
  }
}

@Agent({ instructions: 'Write well.', model: 'smart' })
@DependsOn(Facts, Tone)
@Retry({ attempts: 2, backoff: 10 })
@Fallback(Spare)
class Writer {}

const run = async (cheap: ScriptedModel, store = new MemoryJournal()) => {
  const clock = new VirtualClock();
  const smart = new ScriptedModel(new Error('down'), new Error('still down'));
  const models = { smart, cheap };
  const built = await build(Writer, {}, { clock, store, models });
  const started = built.start();
  await clock.advance(20);
  return { ...built, clock, models, run: started, smart };
};

describe('@Fallback', () => {
  it('asks another agent with the same inputs, under its own path, instructions and tools', async () => {
    const cheap = new ScriptedModel({ calls: [{ tool: 'look' }] }, 'A plain text.');
    const { run: started, smart } = await run(cheap);
    await expect(started.result).resolves.toBe('A plain text.');
    expect(smart.done).toBe(true);
    expect(cheap.requests[0]?.messages[0]).toEqual({ role: 'system', content: 'Write plainly.' });
    expect(cheap.requests[0]?.messages[1]).toEqual(smart.requests[0]?.messages[1]);
    expect(JSON.stringify(smart.requests[0]?.messages[1])).toContain('dry');
    const events = await eventsOf(started);
    expect(events.find(({ type }) => type === 'node-fallback')).toMatchObject({
      node: 'writer',
      attempt: 2,
      fallback: 'spare',
      error: { code: 'retry-exhausted' },
    });
    const asked = events.flatMap((event) => (event.type === 'model-start' ? [`${event.node}#${event.attempt}`] : []));
    expect(asked).toEqual(['writer#1', 'writer#2', 'writer/spare#1', 'writer/spare#1']);
  });

  it('that fails too fails the node with its error', async () => {
    const { run: started } = await run(new ScriptedModel(new Error('all down')));
    const { error, status } = await started.outcome;
    expect(status).toBe('failed');
    expect((error as EspalierError).message).toContain("node 'writer': Model 'test:scripted' failed: all down");
  });

  it('goes on after a restart, and neither agent is asked again for what is on record', async () => {
    let stop = true;
    const hang: ScriptedTurn = () => (stop ? new Promise<string>(() => {}) : 'A plain text.');
    const cheap = new ScriptedModel({ calls: [{ tool: 'look' }] }, hang, hang);
    const store = new MemoryJournal();
    const { run: started, espalier, clock, workflow, models } = await run(cheap, store);
    await turns();
    const drained = espalier.drain({ timeout: 0 });
    await clock.advance(0);
    await drained;
    stop = false;
    const other = await createEspalier({ workflows: [workflow], store, clock, models });
    const resumed = await other.resume(started.id);
    await clock.advance(20);
    await expect(resumed.result).resolves.toBe('A plain text.');
    expect(models.smart.done).toBe(true);
    expect(cheap.done).toBe(true);
    expect(cheap.told).toEqual(['fog']);
  });
});
