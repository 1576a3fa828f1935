import type { ChatRequest, Json, JsonSchema, ToolCallPart, ToolDefinition } from '@espalier/core';
import { fillWhole } from '../fill/fill.js';
import { equal, fits, isObject, typesOf } from '../fill/fits.js';
import { resolved } from '../fill/resolve.js';
import { roleOf, spaced } from '../fill/roles.js';
import { Scope } from '../fill/scope.js';
import type { Reading } from '../reading/conversation.js';
import type { Material } from '../reading/material.js';
import { subjectWords } from '../reading/question.js';

/** Tools that are called together at most. */
const together = 3;
const looking = /\b(?:search|find|look ?up|query|retrieve|fetch|read|list|get|browse|load|recall)\b/;
const acting =
  /\b(?:send|delete|remove|create|write|update|pay|refund|book|cancel|post|publish|deploy|transfer|buy|order|drop|reset|close|approve)\b/;

/**
 * Which tools to call, by the words that a tool's name and description share with the task. Tools that only look something up are
 * called where there is little to answer from; tools that act only where the task uses their words. None when all sensible calls were made.
 */
export function chooseTools(
  request: ChatRequest,
  reading: Reading,
  material: Material,
  rounds: number,
): readonly ToolCallPart[] {
  const choice = request.toolChoice ?? 'auto';
  const named = typeof choice === 'object' ? choice.tool : undefined;
  const forced = named !== undefined || choice === 'required';
  if (choice === 'none' || (reading.rounds >= rounds && !forced)) return [];
  const offered = (request.tools ?? []).filter((tool) => named === undefined || tool.name === named);
  const ranked = offered
    .map((tool, index) => ({ tool, index, score: match(tool, reading, material) }))
    .filter((entry) => forced || entry.score >= 1)
    .sort((left, right) => right.score - left.score || left.index - right.index);
  const before = request.messages
    .flatMap((message) => (message.role === 'assistant' ? message.content : []))
    .filter((part) => part.type === 'tool-call').length;
  const calls: ToolCallPart[] = [];
  for (const { tool } of ranked) {
    const given = argumentsFor(tool, reading, material, forced);
    if (given === undefined || wasCalled(tool.name, given, reading)) continue;
    calls.push({
      type: 'tool-call',
      id: `call-${before + calls.length + 1}`,
      tool: tool.name,
      arguments: JSON.stringify(given),
    });
    if (calls.length >= (forced ? 1 : together)) break;
  }
  return calls;
}

function match(tool: ToolDefinition, reading: Reading, material: Material): number {
  const { vocabulary } = material;
  const task = reading.task === '' ? reading.instructions : reading.task;
  const asked = new Set([...vocabulary.terms(task), ...vocabulary.terms(reading.question?.text ?? '')]);
  const name = spaced(tool.name);
  const hits = (text: string): number => new Set(vocabulary.terms(text).filter((term) => asked.has(term))).size;
  const inName = hits(name);
  const score = inName + 0.5 * hits(tool.description);
  if (acting.test(name)) return inName > 0 ? score : 0;
  const hungry = material.facts.length < 5 && reading.rounds === 0 && asked.size > 0;
  return score + (hungry && looking.test(`${name} ${tool.description.toLowerCase()}`) ? 1 : 0);
}

function wasCalled(tool: string, given: Json, reading: Reading): boolean {
  return reading.calls.some((call) => {
    if (call.tool !== tool) return false;
    try {
      return equal(JSON.parse(call.arguments) as Json, given);
    } catch {
      return false;
    }
  });
}

/** Arguments from the task; nothing when a required one would have to be made up and the call is not forced. */
function argumentsFor(tool: ToolDefinition, reading: Reading, material: Material, forced: boolean): Json | undefined {
  const schema = resolved(tool.parameters, tool.parameters);
  const given: Record<string, Json> = {};
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const property = resolved(part, tool.parameters);
    const required = schema.required?.includes(name) === true;
    const value = argument(name, property, tool, reading, material);
    if (value.found || (required && (forced || 'default' in property))) given[name] = value.value;
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
function written(role: ReturnType<typeof roleOf>, name: string, task: string, material: Material): readonly string[] {
  const quoted = [...task.matchAll(/["“'`«]([^"“”'`«»]{1,200})["”'`»]/g)].map((found) => found[1] as string);
  const paths = task.match(/(?:https?:\/\/|\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)+|\b[\w-]+\.[a-z]{2,5}\b/gi) ?? [];
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
  const word = spaced(name).split(' ').pop() ?? '';
  const match = new RegExp(
    String.raw`(?:\b${word}\w*\W{1,4}(\d+(?:\.\d+)?))|(?:(\d+(?:\.\d+)?)\W{1,3}${word})`,
    'i',
  ).exec(task);
  return match === null ? undefined : Number(match[1] ?? match[2]);
}
