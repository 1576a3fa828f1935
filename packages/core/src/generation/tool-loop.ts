import type { GenerateOptions } from '../context/run-context.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { ToolOutcome } from '../events/event.js';
import type { ChatResponse } from '../model/chat-model.js';
import { type ToolCallPart, textOf, toolCallsOf } from '../model/message.js';
import type { Prompt } from '../model/prompt.js';
import type { SchemaOf } from '../schema/schema.js';
import { callModel } from './call-model.js';
import { callTool } from './call-tool.js';
import type { CompiledAgent } from './compiled-agent.js';
import { Conversation } from './conversation.js';
import type { GenerationScope } from './generation-scope.js';
import type { OnText } from './request-answer.js';
import { RequestDiary } from './request-diary.js';
import { shownMemory } from './shown-memory.js';
import { SiblingCalls } from './sibling-calls.js';
import { threadHistory } from './thread-history.js';
import type { ToolCallPlace } from './tool-call-context.js';
import { settledMessage } from './unique-calls.js';

/** Says whether an answer will do: what comes of it, or what to tell the model. */
export type AnswerCheck<T> = (
  text: string,
  response: ChatResponse,
) => Promise<{ readonly value: T } | { readonly correction: string }>;

/**
 * Asks the model, runs the tools that it calls, and asks again until it answers.
 *
 * T1 At most `maxTurns` model calls; in the last one tools may not be called.
 * T2 Every call of an answer has its result, in the model's order, before the model is asked again.
 * T3 Only the tools of the agent that has the conversation can run.
 * T4 An answer that will not do goes back at most `corrections` times.
 */
export class ToolLoop<T> {
  #scope: GenerationScope;
  readonly #conversation: Conversation;
  readonly #call: string;
  /** The agent that began: its bounds hold, also after a hand-off. */
  readonly #agent: CompiledAgent;

  /** What the reader has seen of the newest answer. */
  #shown = '';
  #isKept = false;

  /** How often each tool was called before; agents as tools count by agent. */
  readonly #uses = new Map<unknown, number>();

  constructor(
    scope: GenerationScope,
    call: string,
    prompt: Prompt,
    options: GenerateOptions,
    output: SchemaOf | undefined,
  ) {
    this.#scope = scope;
    this.#call = call;
    this.#agent = scope.agent;
    this.#conversation = new Conversation(scope.agent, { node: scope.node, prompt, options, output });
  }

  run(check: AnswerCheck<T>): Promise<T> {
    const isWatched = this.#conversation.inThread && this.#scope.onText !== undefined;
    return isWatched ? this.#runWatched(check) : this.#run(check);
  }

  /** A reader that stops early has seen what it has seen: the thread keeps that. */
  async #runWatched(check: AnswerCheck<T>): Promise<T> {
    const { signal } = this.#scope;
    const stop = (): void => {
      if (this.#scope.stopped) this.#keepTurn(this.#shown);
    };
    signal.addEventListener('abort', stop);
    try {
      return await this.#run(check);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Shows text to the reader, and knows of it. */
  #show(onText: OnText): OnText {
    this.#shown = '';
    return (text) => {
      this.#shown += text;
      return onText(text);
    };
  }

  async #run(check: AnswerCheck<T>): Promise<T> {
    const conversation = this.#conversation;
    const { maxTurns, corrections } = conversation.generation;
    await this.#showMemory();
    if (conversation.inThread) {
      conversation.open(await threadHistory(this.#scope, conversation.generation));
    }
    const diary = new RequestDiary();
    let corrected = 0;
    for (let turn = 1; turn <= maxTurns + corrected; turn++) {
      const mustAnswer = turn >= maxTurns + corrected;
      const step = `${this.#call}/model[${turn}]`;
      const scope = this.#scope;
      const request = conversation.request(mustAnswer);
      const { schemas } = conversation;
      const onText = scope.onText === undefined ? undefined : this.#show(scope.onText);
      const question = { request, onText, diary, schemas, shown: false };
      const response = await callModel(scope, conversation.model, step, question);
      const message = settledMessage(response.message, conversation.callIds);
      const calls = toolCallsOf(message);
      if (message.content.length > 0) conversation.add(message);
      if (calls.length > 0) {
        if (mustAnswer) break;
        await this.#runTools(calls, turn);
        continue;
      }
      this.#refuseUnusable(response);
      const checked = await check(textOf(response.message), response);
      if ('value' in checked) {
        this.#keepTurn();
        return checked.value;
      }
      if (corrected >= corrections) throw this.#noUse(checked.correction, corrected + 1);
      corrected += 1;
      conversation.correct(checked.correction);
    }
    const { node } = this.#scope;
    const { className } = this.#agent.definition;
    throw new EspalierError(
      'model-turns-exceeded',
      `The model of node '${node}' still called tools in its turn ${maxTurns + corrected}, the last one.`,
      {
        hint: `Write @Agent({ maxTurns: ${maxTurns * 2} }) on ${className}, or give the model less to do.`,
        where: { node, class: className },
      },
    );
  }

  /** What the agent reads of memories stands right before the prompt: what comes before can stay in a provider's cache. */
  async #showMemory(): Promise<void> {
    const { memories } = this.#conversation.generation;
    if (memories.length === 0) return;
    const session = this.#scope.memories(`${this.#call}/`);
    this.#conversation.open(await shownMemory(memories, (memory) => session.memory(memory)));
  }

  async #runTools(calls: readonly ToolCallPart[], turn: number): Promise<void> {
    const targets = this.#conversation.handoffTargets;
    const handoff = calls.find(({ tool }) => targets.has(tool));
    const siblings = calls.length > 1 ? new SiblingCalls() : undefined;
    const running = calls.map((call) => {
      if (call === handoff) return Promise.resolve(handedOver);
      if (targets.has(call.tool)) return Promise.resolve(handedOverBefore);
      return callTool(this.#scope, call, this.#placeOf(call, turn, siblings));
    });
    const outcomes = siblings === undefined ? [await running[0]] : await siblings.all(running);
    calls.forEach(({ id, tool }, index) => {
      const { content, failed } = outcomes[index] as ToolOutcome;
      this.#conversation.add({ role: 'tool', callId: id, tool, content, failed });
    });
    const target = handoff === undefined ? undefined : targets.get(handoff.tool);
    if (target === undefined) return;
    this.#scope = this.#scope.handOff(target);
    this.#conversation.handOver(target);
    await this.#showMemory();
  }

  /** The thread of the run gets what was said here, once the node has completed. @param cut text of an answer that was not read to its end */
  #keepTurn(cut?: string): void {
    const { runId, node, attempt, thread } = this.#scope;
    const turn = this.#conversation.turn;
    if (thread === undefined || turn === undefined || this.#isKept) return;
    this.#isKept = true;
    const time = this.#scope.now();
    this.#scope.keep({
      kind: 'turn',
      key: `${runId}/${node}#${attempt}/${this.#call}`,
      runId,
      node,
      time,
      ...(cut === undefined
        ? { messages: turn }
        : { messages: [...turn, { role: 'assistant', content: [{ type: 'text', text: cut }] }], cut: true }),
    });
  }

  /** Where a call is recorded. Counted here, in the model's order, for replays have the same. */
  #placeOf(call: ToolCallPart, turn: number, siblings: SiblingCalls | undefined): ToolCallPlace {
    const { attempt } = this.#scope;
    const nested = this.#conversation.generation.tools.get(call.tool)?.agent;
    const use = this.#uses.get(nested ?? call.tool) ?? 0;
    this.#uses.set(nested ?? call.tool, use + 1);
    const tool = nested === undefined ? `:${call.tool}` : '';
    const from = this.#call === 'generate[1]' ? '' : `:${this.#call}`;
    const suffix = `${tool}${from}${use === 0 ? '' : `[${use}]`}${attempt === 1 ? '' : `#${attempt}`}`;
    return { callId: call.id, step: `${this.#call}/tool[${turn}.${call.id}]`, suffix, siblings };
  }

  #refuseUnusable({ finishReason, model, message }: ChatResponse): void {
    if (finishReason !== 'refusal' && finishReason !== 'content-filter') return;
    const refused = finishReason === 'refusal';
    const why = refused ? `refused to answer: ${textOf(message)}` : 'was stopped by a content filter.';
    throw new EspalierError(
      refused ? 'model-refused' : 'model-content-filter',
      `The model '${model}' of node '${this.#scope.node}' ${why}`,
      { where: { node: this.#scope.node } },
    );
  }

  #noUse(correction: string, answers: number): EspalierError {
    const { node } = this.#scope;
    return new EspalierError(
      'model-output-invalid',
      `The model of node '${node}' gave ${answers} ${answers === 1 ? 'answer' : 'answers'}, and none would do. The last one: ${correction}`,
      { where: { node, class: this.#agent.definition.className }, details: { correction } },
    );
  }
}

const handedOver: ToolOutcome = { content: 'The conversation is handed over.', failed: false };

const handedOverBefore: ToolOutcome = {
  content: 'The conversation was already handed over to another agent.',
  failed: true,
};
