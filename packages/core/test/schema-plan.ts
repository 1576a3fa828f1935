import type { Json, JsonSchema } from '@espalier/core';
import fc from 'fast-check';

/** A type of data, from which a schema, values, and their lowered form follow independently of the code under test. */
export type SchemaPlan =
  | { readonly kind: 'scalar'; readonly schema: JsonSchema }
  | { readonly kind: 'list'; readonly item: SchemaPlan }
  | { readonly kind: 'record'; readonly value: SchemaPlan }
  | {
      readonly kind: 'tuple';
      readonly items: readonly SchemaPlan[];
      readonly needed: number;
      readonly rest?: SchemaPlan;
    }
  | {
      readonly kind: 'object';
      readonly fields: readonly PlanField[];
      readonly others?: SchemaPlan;
      readonly split: boolean;
    }
  | { readonly kind: 'union'; readonly branches: readonly SchemaPlan[]; readonly word: 'anyOf' | 'oneOf' }
  | { readonly kind: 'shared'; readonly name: string; readonly plan: SchemaPlan }
  | { readonly kind: 'tree'; readonly name: string };

interface PlanField {
  readonly name: string;
  readonly plan: SchemaPlan;
  readonly required: boolean;
}

/** What a scalar's schema allows; of one that is not listed, its only value. */
const valuesByText: ReadonlyMap<string, fc.Arbitrary<Json>> = new Map<string, fc.Arbitrary<Json>>([
  ['{"type":"string"}', fc.string()],
  ['{"type":"string","minLength":2,"pattern":"^a"}', fc.string().map((text) => `ab${text}`)],
  ['{"type":"integer","minimum":0}', fc.nat()],
  ['{"type":"number"}', fc.integer().map((number) => number / 4)],
  ['{"type":"boolean"}', fc.boolean()],
  ['{"type":["string","null"]}', fc.option(fc.string())],
  ['{"enum":["a","b",3]}', fc.constantFrom<Json>('a', 'b', 3)],
  ['{"enum":["x",null]}', fc.constantFrom<Json>('x', null)],
]);

const valuesOfScalar = (schema: JsonSchema): fc.Arbitrary<Json> =>
  valuesByText.get(JSON.stringify(schema)) ?? fc.constant(schema.const as Json);

const scalars: readonly SchemaPlan[] = [...valuesByText.keys(), '{"const":"only"}'].map((text) => ({
  kind: 'scalar',
  schema: JSON.parse(text) as JsonSchema,
}));

const names = fc.uniqueArray(fc.constantFrom('id', 'name', 'a b', 'key', 'value', 'rest', '0', 'toString', '$ref'), {
  minLength: 0,
  maxLength: 4,
});

/** Plans of a bounded depth. */
export const schemaPlan: fc.Arbitrary<SchemaPlan> = fc.letrec<{ plan: SchemaPlan; field: Omit<PlanField, 'name'> }>(
  (tie) => ({
    field: fc.record({ plan: tie('plan'), required: fc.boolean() }),
    plan: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(...scalars),
      tie('plan').map((item): SchemaPlan => ({ kind: 'list', item })),
      tie('plan').map((value): SchemaPlan => ({ kind: 'record', value })),
      fc
        .tuple(
          fc.array(tie('plan'), { minLength: 1, maxLength: 3 }),
          fc.nat(3),
          fc.option(tie('plan'), { nil: undefined }),
        )
        .map(([items, needed, rest]): SchemaPlan => {
          const all = rest !== undefined || needed > items.length;
          return { kind: 'tuple', items, needed: all ? items.length : needed, ...(rest === undefined ? {} : { rest }) };
        }),
      fc
        .tuple(
          names,
          fc.array(tie('field'), { minLength: 4, maxLength: 4 }),
          fc.option(tie('plan'), { nil: undefined }),
          fc.boolean(),
        )
        .map(([keys, fields, others, split]): SchemaPlan => {
          const named = keys.map((name, index) => ({ name, ...(fields[index] as Omit<PlanField, 'name'>) }));
          return {
            kind: 'object',
            fields: named,
            split,
            ...(others === undefined || named.length === 0 ? {} : { others }),
          };
        }),
      fc
        .tuple(
          fc.array(tie('plan'), { minLength: 1, maxLength: 3 }),
          fc.constantFrom('anyOf' as const, 'oneOf' as const),
        )
        .map(([branches, word]): SchemaPlan => ({ kind: 'union', word, branches: branches.map(tagged) })),
      tie('plan').map((plan): SchemaPlan => ({ kind: 'shared', name: `part/${++shared}`, plan })),
      fc.constant<SchemaPlan>({ kind: 'tree', name: 'Tree' }),
    ),
  }),
).plan;

/** A branch that can be told from the others by its tag. */
const tagged = (plan: SchemaPlan, index: number): SchemaPlan => ({
  kind: 'object',
  split: false,
  fields: [
    { name: 'kind', required: true, plan: { kind: 'scalar', schema: { const: index } } },
    { name: 'of', required: true, plan },
  ],
});

let shared = 0;

const tree: SchemaPlan = {
  kind: 'object',
  split: false,
  fields: [
    { name: 'label', required: false, plan: scalars[0] as SchemaPlan },
    { name: 'children', required: true, plan: { kind: 'record', value: { kind: 'tree', name: 'Tree' } } },
  ],
};

/** The schema, whole. */
export function schemaOfPlan(plan: SchemaPlan): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const schema = write(plan, definitions);
  return Object.keys(definitions).length === 0 ? schema : { ...schema, $defs: definitions };
}

function write(plan: SchemaPlan, definitions: Record<string, JsonSchema>): JsonSchema {
  switch (plan.kind) {
    case 'scalar':
      return plan.schema;
    case 'list':
      return { type: 'array', items: write(plan.item, definitions) };
    case 'record':
      return { type: 'object', additionalProperties: write(plan.value, definitions) };
    case 'tuple': {
      const { items, needed, rest } = plan;
      const prefixItems = items.map((item) => write(item, definitions));
      return {
        type: 'array',
        prefixItems,
        minItems: needed,
        items: rest === undefined ? false : write(rest, definitions),
      } as never;
    }
    case 'object':
      return writeObject(plan, definitions);
    case 'union':
      return { [plan.word]: plan.branches.map((branch) => write(branch, definitions)) };
    case 'shared':
      definitions[plan.name] ??= write(plan.plan, definitions);
      return { $ref: `#/$defs/${plan.name.replace('/', '~1')}` };
    case 'tree':
      if (definitions.Tree === undefined) {
        definitions.Tree = {};
        definitions.Tree = write(tree, definitions);
      }
      return { $ref: '#/$defs/Tree' };
  }
}

function writeObject(plan: SchemaPlan & { kind: 'object' }, definitions: Record<string, JsonSchema>): JsonSchema {
  const part = (fields: readonly PlanField[]): JsonSchema => ({
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, plan: inner }) => [name, write(inner, definitions)])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
  });
  if (plan.others !== undefined) {
    return { ...part(plan.fields), additionalProperties: write(plan.others, definitions) };
  }
  if (!plan.split) return { ...part(plan.fields), additionalProperties: false };
  return { allOf: [part(plan.fields.slice(0, 2)), part(plan.fields.slice(1))], description: 'two in one' };
}

/** A valid value and the same in lowered form. */
export interface Pair {
  readonly value: Json;
  readonly lowered: Json;
}

const both = (values: fc.Arbitrary<Json>): fc.Arbitrary<Pair> => values.map((value) => ({ value, lowered: value }));

const entriesOf = (pairs: readonly (readonly [string, Pair])[]): Pair => ({
  value: Object.fromEntries(pairs.map(([key, { value }]) => [key, value])),
  lowered: pairs.map(([key, { lowered }]) => ({ key, value: lowered })),
});

/** Valid values. `nullable`: what is left out is `null` in the lowered form. */
export function valuesOfPlan(plan: SchemaPlan, nullable: boolean, depth = 0): fc.Arbitrary<Pair> {
  const of = (inner: SchemaPlan): fc.Arbitrary<Pair> => valuesOfPlan(inner, nullable, depth + 1);
  const few = { maxLength: depth > 4 ? 0 : 3 };
  switch (plan.kind) {
    case 'scalar':
      return both(valuesOfScalar(plan.schema));
    case 'list':
      return fc.array(of(plan.item), few).map((pairs) => ({
        value: pairs.map(({ value }) => value),
        lowered: pairs.map(({ lowered }) => lowered),
      }));
    case 'record': {
      const keys = fc.string().filter((key) => key !== '__proto__');
      const entry =
        few.maxLength === 0
          ? fc.constant([])
          : fc.uniqueArray(fc.tuple(keys, of(plan.value)), { ...few, selector: ([key]) => key });
      return (entry as fc.Arbitrary<[string, Pair][]>).map(entriesOf);
    }
    case 'tuple':
      return tuples(plan, of, nullable);
    case 'object':
      return objects(plan, of, nullable);
    case 'union':
      return fc.oneof(...plan.branches.map(of));
    case 'shared':
      return of(plan.plan);
    case 'tree':
      return depth > 5
        ? fc.constant({ value: { children: {} }, lowered: nullable ? { label: null, children: [] } : { children: [] } })
        : of(tree);
  }
}

/** Whether absence cannot be told from null: then it is not left out. */
function takesNull(plan: SchemaPlan): boolean {
  if (plan.kind === 'shared') return takesNull(plan.plan);
  if (plan.kind !== 'scalar') return false;
  const { type, enum: values } = plan.schema;
  return (Array.isArray(type) && type.includes('null')) || values?.includes(null) === true;
}

function objects(
  plan: SchemaPlan & { kind: 'object' },
  of: (plan: SchemaPlan) => fc.Arbitrary<Pair>,
  nullable: boolean,
): fc.Arbitrary<Pair> {
  const fields = plan.fields.map(({ plan: inner, required }) =>
    required || (nullable && takesNull(inner)) ? of(inner) : fc.option(of(inner), { nil: undefined }),
  );
  const taken = new Set([...plan.fields.map(({ name }) => name), 'additionalProperties', '__proto__']);
  const keys = fc.string().filter((key) => !taken.has(key));
  const others =
    plan.others === undefined
      ? fc.constant([])
      : fc.uniqueArray(fc.tuple(keys, of(plan.others)), { maxLength: 2, selector: ([key]) => key });
  return fc.tuple(fc.tuple(...fields), others as fc.Arbitrary<[string, Pair][]>).map(([given, further]) => {
    const value: Record<string, Json> = {};
    const lowered: Record<string, Json> = {};
    for (const [index, { name }] of plan.fields.entries()) {
      const pair = given[index];
      if (pair !== undefined) value[name] = pair.value;
      if (pair !== undefined || nullable) lowered[name] = pair === undefined ? null : pair.lowered;
    }
    const rest = entriesOf(further);
    if (plan.others !== undefined) lowered.additionalProperties = rest.lowered;
    return { value: { ...value, ...(rest.value as object) }, lowered };
  });
}

function tuples(
  plan: SchemaPlan & { kind: 'tuple' },
  of: (plan: SchemaPlan) => fc.Arbitrary<Pair>,
  nullable: boolean,
): fc.Arbitrary<Pair> {
  const length = plan.items.some(takesNull)
    ? fc.constant(plan.items.length)
    : fc.integer({ min: plan.needed, max: plan.items.length });
  const further = plan.rest === undefined ? fc.constant([]) : fc.array(of(plan.rest), { maxLength: 2 });
  return fc
    .tuple(fc.tuple(...plan.items.map(of)), length, further as fc.Arbitrary<Pair[]>)
    .map(([pairs, count, more]) => {
      const lowered: Record<string, Json> = {};
      for (const [index, pair] of pairs.entries()) {
        if (index < count) lowered[index] = pair.lowered;
        else if (nullable) lowered[index] = null;
      }
      if (plan.rest !== undefined) lowered.rest = more.map((pair) => pair.lowered);
      return { value: [...pairs.slice(0, count), ...more].map(({ value }) => value), lowered };
    });
}
