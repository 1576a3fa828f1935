import {
  Agent,
  type ChatModel,
  type EspalierError,
  type JsonSchema,
  type RunContext,
  type SchemaIssue,
  type SchemaUse,
  Tool,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { ScriptedModel } from '../../test/scripted-model.js';

/** A model that takes no maps: objects of any keys. */
class Strict extends ScriptedModel implements ChatModel {
  checkSchema(schema: JsonSchema, use: SchemaUse): readonly SchemaIssue[] {
    const maps = Object.entries(schema.properties ?? {}).filter(([, { additionalProperties }]) => additionalProperties);
    return maps.map(([name]) => ({ path: `$.properties.${name}`, message: `a map, in ${use}s.` }));
  }
}

const Counts = z.object({ counts: z.record(z.string(), z.number()) });

describe('a schema that the model cannot take', () => {
  it('is a fault of the boot where a tool has it', async () => {
    @Agent({ instructions: 'Count.' })
    class Counter {
      @Tool({ description: 'Store', input: Counts })
      store(_counts: z.infer<typeof Counts>): string {
        return 'stored';
      }
    }
    const error = await build(Counter, {}, { models: { default: new Strict() } }).catch((fault: unknown) => fault);
    expect((error as EspalierError).message).toContain(
      'The arguments of tool Counter.store: test:scripted cannot take $.properties.counts: a map, in tools.',
    );
    expect((error as { faults?: unknown[] }).faults).toMatchObject([
      { code: 'schema-unsupported', where: { class: 'Counter', path: '$.properties.counts' } },
    ]);
  });

  it('ends the node before the model is asked, where an answer has it', async () => {
    @Agent({ instructions: 'Count.' })
    class Counter {
      run(_input: string, ctx: RunContext) {
        return ctx.generate(Counts, 'Count.');
      }
    }
    const model = new Strict();
    const { start } = await build(Counter, {}, { models: { default: model } });
    const { error } = await start('x').outcome;
    const { code, message, retryable } = (error as EspalierError).cause as EspalierError;
    expect({ code, message, retryable }).toEqual({
      code: 'schema-unsupported',
      message:
        "test:scripted cannot answer node 'counter' with a value of the schema:\n- $.properties.counts: a map, in outputs.",
      retryable: false,
    });
    expect(model.requests).toEqual([]);
  });
});
