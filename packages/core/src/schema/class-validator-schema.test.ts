import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsDateString,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { EspalierError } from '../errors/espalier-error.js';
import type { JsonSchema } from './json.js';
import { readSchema } from './read-schema.js';
import type { SchemaIssue, SchemaSource } from './schema.js';

const where = { class: 'Tester.run' };
const schemaOf = async (source: unknown) => readSchema(source as SchemaSource, where);
const jsonOf = async (source: unknown): Promise<JsonSchema> => (await schemaOf(source)).jsonSchema;
const errorOf = async (source: unknown): Promise<EspalierError> => {
  try {
    await readSchema(source as SchemaSource, where);
  } catch (error) {
    if (EspalierError.is(error, 'schema-unreadable')) return error;
    throw error;
  }
  throw new Error('it was read');
};
const issuesOf = async (source: unknown, value: unknown): Promise<readonly SchemaIssue[]> => {
  const result = await (await schemaOf(source)).validate(value);
  return result.valid ? [] : result.issues;
};

enum Level {
  Low,
  High = 5,
}
enum Mood {
  Good = 'good',
  '3d' = 'deep',
}

class Quote {
  @IsString() text!: string;
  @IsOptional() @IsInt() @Min(1) page?: number;
}

class Titled {
  @IsString() @MinLength(1) @MaxLength(80) title!: string;
}

class Report extends Titled {
  @ValidateNested() @Type(() => Quote) best!: Quote;
  @IsArray() @ArrayMaxSize(3) @ValidateNested({ each: true }) @Type(() => Quote) quotes!: Quote[];
  @IsArray() @IsString({ each: true }) tags!: string[];
  @IsOptional() @IsInt() @Min(0) @Max(10) score?: number;
  @IsOptional() @IsEnum(Level) level?: Level;
}

const quote = {
  type: 'object',
  properties: { text: { type: 'string' }, page: { type: 'integer', minimum: 1 } },
  required: ['text'],
  additionalProperties: false,
};

describe('the JSON Schema of a class', () => {
  it('has nested classes inlined, inherited properties, ranges, and no further keys anywhere', async () => {
    const { name, jsonSchema } = await schemaOf(Report);
    expect(name).toBe('Report');
    expect(jsonSchema).toEqual({
      type: 'object',
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 80 },
        best: quote,
        quotes: { type: 'array', maxItems: 3, items: quote },
        tags: { type: 'array', items: { type: 'string' } },
        score: { type: 'integer', minimum: 0, maximum: 10 },
        level: { enum: [0, 5], type: 'number' },
      },
      required: expect.arrayContaining(['title', 'best', 'quotes', 'tags']),
      additionalProperties: false,
    });
    expect(jsonSchema.required).toHaveLength(4);
    expect(JSON.stringify(jsonSchema)).not.toContain('$ref');
  });

  it('says formats, patterns and enumerations as JSON Schema does', async () => {
    class Formats {
      @IsEmail() mail!: string;
      @IsUrl() url!: string;
      @Matches(/^[A-Z]+$/) code!: string;
      @IsIn(['a', 'b']) choice!: string;
      @IsEnum(Mood) mood!: Mood;
      @IsEnum(Level, { each: true }) levels!: Level[];
      @IsEnum({ A: 1, B: 'b' }) mixed!: unknown;
      @IsObject() free!: object;
    }
    expect((await jsonOf(Formats)).properties).toEqual({
      mail: { type: 'string', format: 'email' },
      url: { type: 'string', format: 'uri' },
      code: { type: 'string', pattern: '^[A-Z]+$' },
      choice: { type: 'string', enum: ['a', 'b'] },
      mood: { type: 'string', enum: ['good', 'deep'] },
      levels: { type: 'array', items: { type: 'number', enum: [0, 5] } },
      mixed: { type: ['number', 'string'], enum: [1, 'b'] },
      free: { type: 'object' },
    });
  });

  it('takes dates with and without a time, as validation does', async () => {
    class Dates {
      @IsDateString() day!: string;
      @IsISO8601() at!: string;
    }
    const { properties } = await jsonOf(Dates);
    expect(properties?.day).toEqual(properties?.at);
    expect(await issuesOf(Dates, { day: '2026-01-01', at: '2026-01-01T00:00:00Z' })).toEqual([]);
  });

  it('takes a property that is called as something that schemas use', async () => {
    class Odd {
      @IsString() type!: string;
      @IsString() $ref!: string;
      @IsString() properties!: string;
    }
    expect(Object.keys((await jsonOf(Odd)).properties ?? {})).toEqual(['type', '$ref', 'properties']);
    expect(await issuesOf(Odd, { type: 'a', $ref: 'b', properties: 'c' })).toEqual([]);
  });

  it('is that of the parent for a class that adds nothing', async () => {
    class Same extends Titled {}
    expect(await jsonOf(Same)).toEqual(await jsonOf(Titled));
  });

  it('tells classes of one name apart', async () => {
    const make = (property: string) => {
      class Item {}
      IsString()(Item.prototype, property);
      class Holder {
        @ValidateNested() @Type(() => Item) item!: Item;
      }
      return Holder;
    };
    const [first, second] = [make('a'), make('b')];
    expect((await jsonOf(first)).properties).toMatchObject({ item: { properties: { a: {} }, required: ['a'] } });
    expect((await jsonOf(second)).properties).toMatchObject({ item: { properties: { b: {} }, required: ['b'] } });
  });

  it('is read once', async () => {
    expect(await schemaOf(Quote)).toBe(await schemaOf(Quote));
    const [first, second] = [readSchema(Titled, where), readSchema(Titled, where)];
    expect(await first).toBe(await second);
  });
});

describe('what cannot be read is a boot error that says what to write', () => {
  it.each<[string, unknown, string, string]>([
    [
      'a class without decorators',
      class Bare {},
      'Class Bare has no class-validator decorators.',
      'Put decorators such as @IsString() on the properties of Bare.',
    ],
    ['a function', () => 1, 'A function without a name has no class-validator decorators.', 'properties of a class'],
    [
      'an interface',
      Object,
      'Expected a class with class-validator decorators or a Standard Schema, got Object.',
      'Declare a class',
    ],
    ['a plain object', { a: 1 }, 'got Object (object).', 'z.object({ … })'],
    ['nothing', undefined, 'got undefined.', 'Declare a class'],
  ])('%s', async (_name, source, message, hint) => {
    const error = await errorOf(source);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(error.where).toEqual(where);
  });

  it('a nested class that nobody names, or that is not there yet', async () => {
    class NoType {
      @ValidateNested({ each: true }) quotes!: Quote[];
    }
    class Early {
      @ValidateNested() @Type(() => undefined as never) quote!: Quote;
    }
    expect(await errorOf(NoType)).toMatchObject({
      message: 'NoType.quotes has @ValidateNested(), but its class is not known.',
      hint: expect.stringContaining("Write @Type(() => Class), from 'class-transformer', on NoType.quotes"),
    });
    expect((await errorOf(Early)).message).toBe('Early.quote has @ValidateNested(), but its @Type() gives no class.');
  });

  it('a nested class without decorators', async () => {
    class Bare {}
    class Outer {
      @ValidateNested() @Type(() => Bare) bare!: Bare;
    }
    expect((await errorOf(Outer)).message).toBe('Class Bare has no class-validator decorators.');
  });

  it('a class that contains itself, at once or through others', async () => {
    class Tree {
      @ValidateNested({ each: true }) @Type(() => Tree) children!: Tree[];
    }
    class Hen {
      @ValidateNested() @Type((): never => Egg as never) egg!: object;
    }
    class Egg {
      @ValidateNested() @Type(() => Hen) hen!: Hen;
    }
    expect((await errorOf(Tree)).message).toBe('Class Tree contains itself: Tree → Tree.');
    expect((await errorOf(Hen)).message).toBe('Class Hen contains itself: Hen → Egg → Hen.');
  });

  it('a Date, and one of several classes', async () => {
    class Dated {
      @IsDate() @Type(() => Date) at!: Date;
    }
    class Zoo {
      @ValidateNested()
      @Type(() => Quote, { discriminator: { property: 'kind', subTypes: [{ value: Quote, name: 'quote' }] } })
      animal!: Quote;
    }
    expect(await errorOf(Dated)).toMatchObject({
      message: 'Dated.at has @IsDate(), but a Date is no plain data.',
      hint: 'Write @IsISO8601() at: string, and make a Date of it where you need one.',
    });
    expect((await errorOf(Zoo)).hint).toContain('z.discriminatedUnion');
    class Stamped {
      @IsISO8601() at!: string;
    }
    expect(await issuesOf(Stamped, { at: '2026-01-01T00:00:00Z' })).toEqual([]);
  });
});

describe('validation by a class', () => {
  const good = { title: 'Tides', best: { text: 'a' }, quotes: [{ text: 'b', page: 2 }], tags: [] };

  it('gives plain, frozen data', async () => {
    const result = await (await schemaOf(Report)).validate(good);
    expect(result).toEqual({ valid: true, value: good });
    const value = (result as { value: typeof good }).value;
    expect(Object.getPrototypeOf(value.best)).toBe(Object.prototype);
    expect([value, value.quotes, value.quotes[0]].every(Object.isFrozen)).toBe(true);
  });

  it('fills in initial values, and changes nothing of what it was given', async () => {
    class Query {
      @IsString() text!: string;
      @IsInt() limit = 10;
    }
    const given = Object.freeze({ text: 'a' });
    expect(await (await schemaOf(Query)).validate(given)).toEqual({ valid: true, value: { text: 'a', limit: 10 } });
    expect(given).toEqual({ text: 'a' });
  });

  it('names each wrong place by its JSON path', async () => {
    const bad = {
      title: '',
      best: { text: 1, note: 'x' },
      quotes: [{ text: 'b' }, { text: 'c', page: 0 }],
      tags: ['a', 1],
      score: 11,
      extra: true,
    };
    const paths = (await issuesOf(Report, bad)).map(({ path, message }) => `${path}: ${message}`);
    expect([...paths].sort()).toEqual([
      '$.best.note: property note should not exist',
      '$.best.text: text must be a string',
      '$.extra: property extra should not exist',
      '$.quotes[1].page: page must not be less than 1',
      '$.score: score must not be greater than 10',
      '$.tags: each value in tags must be a string',
      '$.title: title must be longer than or equal to 1 characters',
    ]);
    expect((await issuesOf(Report, { ...good, 'a b': 1 }))[0]?.path).toBe('$["a b"]');
  });

  it('takes values of a numeric enumeration, not its names', async () => {
    class Levels {
      @IsEnum(Level) one!: Level;
      @IsEnum(Level, { each: true }) many!: Level[];
    }
    class Outer {
      @ValidateNested({ each: true }) @Type(() => Levels) inner!: Levels[];
    }
    expect(await issuesOf(Levels, { one: 5, many: [0, 5] })).toEqual([]);
    const message = (property: string) => `${property} must be one of the following values: 0, 5`;
    expect(await issuesOf(Levels, { one: 'High', many: [0, 'Low'] })).toEqual([
      { path: '$.one', message: message('one') },
      { path: '$.many', message: message('many') },
    ]);
    expect(
      await issuesOf(Outer, {
        inner: [
          { one: 0, many: [] },
          { one: 'Low', many: [] },
        ],
      }),
    ).toEqual([{ path: '$.inner[1].one', message: message('one') }]);
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['text', 'a string'],
    [[], 'an array'],
    [5, 'a number'],
  ])('wants an object, not %p', async (value, got) => {
    expect(await issuesOf(Quote, value)).toEqual([{ path: '$', message: `expected an object, got ${got}` }]);
  });

  it('refuses what is no plain data, and keys that change prototypes', async () => {
    expect(await issuesOf(Report, { ...good, tags: [() => 1] })).toMatchObject([{ path: '$.tags[0]' }]);
    const polluting = JSON.parse('{"text":"a","__proto__":{"admin":true}}');
    expect(await issuesOf(Quote, polluting)).toMatchObject([{ path: '$.__proto__' }]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('refuses 100,000 levels instead of overflowing the stack', async () => {
    class Free {
      @IsObject() data!: object;
    }
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level++) deep = { deep };
    const [issue] = await issuesOf(Free, { data: deep });
    expect(issue?.message).toContain('nested deeper than 1000 levels');
  });

  it('waits for validators that take their time', async () => {
    class Known {
      @IsString() id!: string;
    }
    registerDecorator({
      target: Known,
      propertyName: 'id',
      validator: { validate: async (id) => id === 'a', defaultMessage: () => 'id is not known' },
    });
    expect(await issuesOf(Known, { id: 'a' })).toEqual([]);
    expect(await issuesOf(Known, { id: 'b' })).toEqual([{ path: '$.id', message: 'id is not known' }]);
  });
});
