import { Agent, DependsOn, exponential, Retry, type RunContext, Tool } from '@espalier/core';
import { z } from 'zod';

export class Stations {
  async level(place: string): Promise<string> {
    return (await fetch(`https://tides.example/${place}`)).text();
  }
}

const Place = z.object({ place: z.string() });

@Agent({ instructions: 'You measure the tide before you say anything.' })
@Retry({ attempts: 4, backoff: exponential('1h', { jitter: 'none' }) })
export class Forecast {
  constructor(private readonly stations: Stations) {}

  @Tool({ description: 'The water level at a place', input: Place })
  level({ place }: z.infer<typeof Place>): Promise<string> {
    return this.stations.level(place);
  }

  run(place: string, ctx: RunContext): Promise<string> {
    return ctx.generate(`How is the tide at ${place}?`);
  }
}

@Agent({ instructions: 'You know the local winds.' })
export class Winds {}

const Approval = z.object({ ok: z.boolean() });

@Agent({ instructions: 'You warn sailors in one sentence.' })
@DependsOn(Forecast, Winds)
export class Warning {
  async run(tide: string, wind: string, ctx: RunContext): Promise<string> {
    const warning = await ctx.generate(`${tide} ${wind}`);
    const { ok } = await ctx.waitFor('publish', Approval, { request: { warning }, timeout: '2 days' });
    return ok ? warning : 'withdrawn';
  }
}
