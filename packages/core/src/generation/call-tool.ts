import type { ToolOutcome } from '../events/event.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { ToolCallPart } from '../model/message.js';
import type { Json } from '../schema/json.js';
import { parseJson, withoutQuote } from '../schema/parse-json.js';
import { toPlain } from '../schema/plain.js';
import { learn, learnArguments } from '../sensitive/learn.js';
import { isFinalError } from './final-error.js';
import type { GenerationScope } from './generation-scope.js';
import { listIssues } from './list-issues.js';
import { runTool } from './run-tool.js';
import type { ToolCallPlace } from './tool-call-context.js';
import { failed, outputOf, threw } from './tool-output.js';

/**
 * Runs one tool call of a model and gives what the model is told. A mistake of the model's, or a tool that fails, is
 * an answer to the model; only what ends the node is thrown. What is on record was charged when the run was taken over.
 */
export async function callTool(scope: GenerationScope, call: ToolCallPart, place: ToolCallPlace): Promise<ToolOutcome> {
  const { step } = place;
  const about = { node: scope.node, attempt: scope.attempt, step, tool: call.tool, callId: call.id };
  const recorded = scope.recorded(step) !== undefined;
  scope.assertOpen();
  const reservation = recorded ? undefined : scope.ledger?.reserve({ toolCalls: 1 });
  try {
    scope.countToolCall(recorded);
    if (!recorded) {
      const schema = scope.agent.generation?.tools.get(call.tool)?.input;
      const marks = learnArguments(scope.learner, schema, call.arguments, ['arguments']);
      const kept = scope.record({ ...about, ...marks, type: 'tool-start', arguments: call.arguments });
      if (isPromise(kept)) await kept;
    } else scope.compare({ ...about, type: 'tool-start', arguments: call.arguments });
    const tool = scope.agent.generation?.tools.get(call.tool);
    const outcome = await scope.task<ToolOutcome>(step, () => perform(scope, call, place), {
      done: (value) => ({ ...about, type: 'tool-end', value }),
      composed: tool?.agent !== undefined && tool.policies.length === 0,
    });
    reservation?.settle({ toolCalls: 1 });
    return outcome;
  } finally {
    reservation?.release();
  }
}

async function perform(scope: GenerationScope, call: ToolCallPart, place: ToolCallPlace): Promise<ToolOutcome> {
  const tools = scope.agent.generation?.tools;
  const tool = tools?.get(call.tool);
  if (tool === undefined) {
    const known = [...(tools?.keys() ?? [])].join(', ');
    return failed(`There is no tool '${call.tool}'. ${known === '' ? 'You have no tools.' : `You have: ${known}.`}`);
  }
  const parsed = parseJson(call.arguments.trim() === '' ? '{}' : call.arguments);
  if (!parsed.ok) {
    const isOpen = tool.input.sensitive === undefined && scope.learner.sensitive === undefined;
    const why = isOpen ? parsed.message : withoutQuote(parsed.message);
    return failed(`The arguments of '${call.tool}' are not valid JSON: ${why}. Call it again with valid JSON.`);
  }
  const validated = tool.input.validate(parsed.value);
  const checked = isPromise(validated) ? await validated : validated;
  if (!checked.valid) {
    return failed(
      `The arguments of '${call.tool}' do not match its parameters:\n${listIssues(checked.issues)}\nCall it again with correct arguments.`,
    );
  }
  const marks = learn(scope.learner, tool.input, checked.value, ['request', 'arguments']);
  if (tool.approval) {
    const request = { tool: call.tool, arguments: shown(checked.value, parsed.value) };
    const { approved, reason } = await scope.approve(place.step, request, marks);
    if (!approved)
      return failed(`A person refused the call of '${call.tool}'${reason === undefined ? '.' : `: ${reason}`}`);
  }
  try {
    return outputOf(await runTool(scope, tool, place, checked.value), tool.maxOutput);
  } catch (error) {
    if (isFinalError(error, scope.node)) throw error;
    return threw(call.tool, error);
  }
}

/** What a person approves: the arguments as the tool gets them, or as the model wrote them where those are no plain data. */
function shown(args: unknown, written: unknown): Json {
  try {
    return toPlain(args) ?? null;
  } catch {
    return toPlain(written) ?? null;
  }
}
