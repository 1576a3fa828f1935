import type { Json, JsonSchema } from '@espalier/core';
import type { Material } from '../reading/material.js';
import { copied } from './copy.js';
import { fillArray } from './fill-array.js';
import { fillBoolean } from './fill-boolean.js';
import { fillEnum } from './fill-enum.js';
import { fillNumber } from './fill-number.js';
import { fillObject } from './fill-object.js';
import { fillString } from './fill-string.js';
import { type Filled, type Filling, type Slot, skipped } from './filling.js';
import { fits, partsOf, typesOf } from './fits.js';
import { resolved } from './resolve.js';
import { Scope } from './scope.js';

export interface FillOptions {
  /** The task, in which counts and hints on options are looked for. */
  readonly task: string;
  /** 1, or less for a shorter answer. */
  readonly amount?: number;
  /** Earlier answers that were refused, and where. */
  readonly refused?: Filling['refused'];
}

/** Deeper than this, references that lead back to themselves through unions end. */
const bottom = 24;

/** Fills a JSON Schema from material. The same arguments give the same value. */
export function fillSchema(schema: JsonSchema, material: Material, options: FillOptions): Json {
  return fillWhole(schema, Scope.all(material), options, '').value;
}

/** {@link fillSchema} for one property, told whether its value was found or only keeps the schema. */
export function fillWhole(schema: JsonSchema, scope: Scope, options: FillOptions, name: string): Filled {
  const filling: Filling = {
    root: schema,
    task: options.task,
    used: new Set(),
    amount: options.amount ?? 1,
    refused: options.refused ?? { times: 0, paths: [] },
    fill: (slot, inner) => fillSlot(slot, inner, filling),
  };
  const root = resolved(schema, schema);
  const description = typeof root.description === 'string' ? root.description : '';
  return filling.fill({ schema: root, name, description, path: '$', depth: 0 }, scope);
}

function fillSlot(slot: Slot, scope: Scope, filling: Filling): Filled {
  const { schema } = slot;
  if ('const' in schema) return { value: schema.const as Json, found: true };
  const skip = skipped(filling, slot.path);
  const copy = skip === 0 ? copied(slot, scope, filling) : undefined;
  if (copy !== undefined) return { value: copy, found: true };
  if (Array.isArray(schema.enum) && schema.enum.length > 0)
    return orDefault(slot, enumerated(slot, scope, filling), filling);
  const variants = [...partsOf(schema, 'anyOf'), ...partsOf(schema, 'oneOf')];
  if (variants.length > 0 && slot.depth < bottom)
    return orDefault(slot, fillVariant(slot, variants, scope, filling), filling);
  const types = typesOf(schema);
  const type = types.find((name) => name !== 'null') ?? types[0] ?? typeByKeywords(schema);
  const filled =
    slot.depth >= bottom && types.includes('null') ? { value: null, found: false } : byType(type, slot, scope, filling);
  if (types.includes('null') && !filled.found) return { value: null, found: false };
  return orDefault(slot, filled, filling);
}

function byType(type: string, slot: Slot, scope: Scope, filling: Filling): Filled {
  switch (type) {
    case 'object':
      return fillObject(slot, scope, filling);
    case 'array':
      return fillArray(slot, scope, filling);
    case 'number':
    case 'integer':
      return fillNumber(slot, scope, filling);
    case 'boolean':
      return fillBoolean(slot, scope, filling);
    case 'null':
      return { value: null, found: false };
    default:
      return fillString(slot, scope, filling);
  }
}

function enumerated(slot: Slot, scope: Scope, filling: Filling): Filled {
  const allowed = (slot.schema.enum as readonly Json[]).filter((option) => fits(slot.schema, option, filling.root));
  const options = allowed.length > 0 ? allowed : (slot.schema.enum as readonly Json[]);
  const stated = options.filter((option) => option !== null);
  if (stated.length === 0) return { value: null, found: false };
  const filled = fillEnum(stated, slot, scope, filling);
  return !filled.found && stated.length < options.length ? { value: null, found: false } : filled;
}

/** The first variant that states something and fits; `null` only when none does. */
function fillVariant(slot: Slot, variants: readonly JsonSchema[], scope: Scope, filling: Filling): Filled {
  const { anyOf: _, oneOf: __, ...shared } = slot.schema;
  const ordered = variants
    .map((part) => resolved(part, filling.root))
    .sort((left, right) => Number(left.type === 'null') - Number(right.type === 'null'));
  let other: Filled | undefined;
  for (const part of ordered) {
    const schema = resolved({ allOf: [shared, part] }, filling.root);
    const filled = filling.fill({ ...slot, schema, depth: slot.depth + 1 }, scope);
    if (!fits(slot.schema, filled.value, filling.root)) continue;
    if (filled.found) return filled;
    if (other === undefined || filled.value === null) other = filled;
  }
  return other ?? { value: null, found: false };
}

/** The schema's own default is better than a value that states nothing. */
function orDefault(slot: Slot, filled: Filled, filling: Filling): Filled {
  if (filled.found || !('default' in slot.schema)) return filled;
  const value = slot.schema.default as Json;
  return fits(slot.schema, value, filling.root) ? { value, found: false } : filled;
}

function typeByKeywords(schema: JsonSchema): string {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return 'object';
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array';
  return schema.minimum !== undefined || schema.maximum !== undefined ? 'number' : 'string';
}
