import type { ChatRequest, Json, ToolCallPart, ToolDefinition } from '@espalier/core';
import { equal } from '../fill/fits.js';
import { spaced } from '../fill/roles.js';
import type { Reading } from '../reading/conversation.js';
import type { Material } from '../reading/material.js';
import { argumentsFor } from './tool-arguments.js';

/** Tools that are called together at most. */
const together = 3;
const looking = /\b(?:search|find|look ?up|query|retrieve|fetch|read|list|get|browse|load|recall)\b/;
const acting =
  /\b(?:send|delete|remove|create|write|update|pay|refund|book|cancel|post|publish|deploy|transfer|buy|order|drop|reset|close|approve)\b/;
const forbidding = /\b(?:not|never|without|avoid|refuse)\b|n['’]t\b/i;

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
  const act = acting.exec(name)?.[0];
  if (act !== undefined) return asksFor(act, task, material) ? score + 1 : 0;
  const hungry = material.facts.length < 5 && reading.rounds === 0 && asked.size > 0;
  return score + (hungry && looking.test(`${name} ${tool.description.toLowerCase()}`) ? 1 : 0);
}

/** Whether a task names an act and does not forbid it: what acts is never called because of its object alone. */
function asksFor(act: string, task: string, { vocabulary }: Material): boolean {
  const wanted = vocabulary.term(act);
  return task.split(/[.!?;\n]/).some((clause) => vocabulary.terms(clause).includes(wanted) && !forbidding.test(clause));
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
