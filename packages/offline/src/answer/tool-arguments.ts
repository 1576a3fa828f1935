import type { Json, JsonSchema, ToolDefinition } from '@espalier/core';
import { define } from '../fill/define.js';
import { fillWhole } from '../fill/fill.js';
import { fits, isObject, typesOf } from '../fill/fits.js';
import { resolved } from '../fill/resolve.js';
import { type Role, roleOf, spaced } from '../fill/roles.js';
import { Scope } from '../fill/scope.js';
import type { Reading } from '../reading/conversation.js';
import type { Material } from '../reading/material.js';
import { subjectWords } from '../reading/question.js';
import { escapePattern } from '../text/escape-pattern.js';

/** Arguments from the task; nothing when a required one would have to be made up and the call is not forced. */
export function argumentsFor(
  tool: ToolDefinition,
  reading: Reading,
  material: Material,
  forced: boolean,
): Json | undefined {
  const schema = resolved(tool.parameters, tool.parameters);
  const given: Record<string, Json> = {};
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const property = resolved(part, tool.parameters);
    const required = schema.required?.includes(name) === true;
    const value = argument(name, property, tool, reading, material);
    if (value.found || (required && (forced || 'default' in property))) define(given, name, value.value);
    else if (required) return undefined;
  }
  return fits(tool.parameters, given, tool.parameters) ? given : whole(tool.parameters, reading, material, forced);
}

function whole(schema: JsonSchema, reading: Reading, material: Material, forced: boolean): Json | undefined {
  if (!forced) return undefined;
  const filled = fillWhole(schema, Scope.all(material), { task: reading.task }, '').value;
  return isObject(filled) ? filled : {};
}

function argument(
  name: string,
  schema: JsonSchema,
  tool: ToolDefinition,
  reading: Reading,
  material: Material,
): { readonly value: Json; readonly found: boolean } {
  const task = reading.question?.text ?? reading.task;
  const text = typesOf(schema).includes('string') || schema.type === undefined;
  const description = typeof schema.description === 'string' ? schema.description : '';
  if (text && schema.enum === undefined) {
    for (const candidate of written(roleOf(name, description), name, task, material))
      if (fits(schema, candidate, tool.parameters)) return { value: candidate, found: true };
  }
  if (typesOf(schema).some((type) => type === 'integer' || type === 'number')) {
    const value = numberNear(name, reading.task);
    if (value !== undefined && fits(schema, value, tool.parameters)) return { value, found: true };
    return 'default' in schema
      ? { value: schema.default as Json, found: false }
      : {
          ...fillWhole({ ...schema, $defs: tool.parameters.$defs }, Scope.all(material), { task }, name),
          found: false,
        };
  }
  return fillWhole(
    { ...schema, $defs: tool.parameters.$defs },
    Scope.all(material),
    { task: `${reading.instructions}\n${reading.task}` },
    name,
  );
}

/** Texts of the task that an argument may mean: what is in quotation marks, a path, the words of its subject. */
function written(role: Role, name: string, task: string, material: Material): readonly string[] {
  const quoted = [...task.matchAll(/["“'`«]([^"“”'`«»]{1,200})["”'`»]/g)].map((found) => found[1] as string);
  const paths = task.match(/(?:https?:\/\/|\.{0,2}\/)?[\w.-]+(?:\/[\w.-]*\w)+|\b[\w-]+\.[a-z]{2,5}\b/gi) ?? [];
  if (role === 'identity')
    return [...paths, ...(/\bids?$/.test(spaced(name)) ? (task.match(/#?\b[\w-]*\d[\w-]*\b/g) ?? []) : []), ...quoted];
  const subject = subjectWords(task, material.vocabulary).slice(0, 12).join(' ');
  if (role === 'question' && /^q|query|search/i.test(name))
    return [subject, task].filter((candidate) => candidate !== '');
  if (role === 'question') return [task].filter((candidate) => candidate !== '');
  if (role === 'keyword' || role === 'title' || role === 'aspect')
    return [...quoted, subject].filter((candidate) => candidate !== '');
  return role === 'summary' && material.facts.length === 0 ? [task].filter((candidate) => candidate !== '') : [];
}

function numberNear(name: string, task: string): number | undefined {
  const word = escapePattern(spaced(name).split(' ').pop() ?? '');
  const match = new RegExp(
    String.raw`(?:\b${word}\w*\W{1,4}(\d+(?:\.\d+)?))|(?:(\d+(?:\.\d+)?)\W{1,3}${word})`,
    'i',
  ).exec(task);
  return match === null ? undefined : Number(match[1] ?? match[2]);
}
