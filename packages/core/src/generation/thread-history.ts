import { EspalierError } from '../errors/espalier-error.js';
import type { ChatRequest } from '../model/chat-model.js';
import { CHARACTERS_PER_TOKEN } from '../model/estimate-tokens.js';
import { type Message, textOf, userText } from '../model/message.js';
import { section } from '../model/prompt.js';
import { learnFromEntries } from '../sensitive/thread-marks.js';
import type { SummarySettings } from '../thread/thread-options.js';
import type { ThreadSummary, ThreadTurn } from '../thread/thread-store.js';
import { isWindowFull, type WindowedThread, windowOf } from '../thread/thread-window.js';
import { callModel } from './call-model.js';
import type { AgentGeneration } from './compiled-agent.js';
import type { CompiledModel } from './compiled-model.js';
import type { GenerationScope } from './generation-scope.js';
import { RequestDiary } from './request-diary.js';
import { wellFormed } from './well-formed.js';

/** How many windows of a thread are summarised at once: a model reads only so much. */
const SUMMARISED = 4;

interface SummaryTask extends SummarySettings {
  /** How many tokens of the conversation the model gets to read at the most: the newest. */
  readonly most: number;
}

/**
 * What a call of the model gets to read of the run's thread: the newest turns that fit, after a summary of those that do
 * not where the agent asks for one.
 */
export async function threadHistory(scope: GenerationScope, generation: AgentGeneration): Promise<readonly Message[]> {
  const { thread } = generation;
  if (thread === undefined || scope.thread === undefined) return [];
  const { window } = thread;
  const tail = await scope.thread.newest((read) => isWindowFull(read, window, window * SUMMARISED));
  learnFromEntries(scope.learner, tail.entries);
  const whole = windowOf(tail, window);
  if (whole.left.length === 0 || thread.summarise === undefined) return messagesOf(whole.summary, whole.turns);
  // More is summarised than has to be, so that the next run does not have to do it again.
  const half = windowOf(tail, Math.ceil(window / 2));
  const { summarise } = thread;
  const most = window * SUMMARISED;
  const summary = await scope.once('summary', () => summaryOf(scope, generation, { ...summarise, most }, half));
  return messagesOf(summary, half.turns);
}

/** The same for all calls of an attempt: they see the thread as it was when the run began. */
async function summaryOf(
  scope: GenerationScope,
  generation: AgentGeneration,
  task: SummaryTask,
  { summary, left, covered }: WindowedThread,
): Promise<ThreadSummary> {
  const made: ThreadSummary = {
    kind: 'summary',
    key: `${scope.runId}/${scope.node}#${scope.attempt}/summary`,
    covers: covered,
    text: await summarise(scope, generation, task, messagesOf(summary, left)),
    time: scope.now(),
  };
  scope.keep(made);
  return made;
}

async function summarise(
  scope: GenerationScope,
  generation: AgentGeneration,
  { model: name, instructions, most }: SummaryTask,
  conversation: readonly Message[],
): Promise<string> {
  const model = name === undefined ? generation.model : (generation.models.get(name) as CompiledModel);
  const request: ChatRequest = {
    messages: [
      { role: 'system', content: instructions },
      userText(section('conversation', newestOf(conversation.map(render).join('\n\n'), most))),
    ],
  };
  const { message } = await callModel(scope, model, 'summary', {
    request,
    onText: undefined,
    diary: new RequestDiary(),
    shown: false,
  });
  const text = textOf(message).trim();
  if (text !== '') return text;
  throw new EspalierError(
    'model-output-invalid',
    `The model that summarises the thread of node '${scope.node}' gave no text.`,
    {
      where: { node: scope.node },
    },
  );
}

function messagesOf(summary: ThreadSummary | undefined, turns: readonly ThreadTurn[]): readonly Message[] {
  const messages = wellFormed(turns.flatMap(({ messages }) => messages));
  return summary === undefined ? messages : [userText(section('summary', summary.text)), ...messages];
}

/** The end of a text that is too long, and how much is missing. */
function newestOf(text: string, tokens: number): string {
  const most = tokens * CHARACTERS_PER_TOKEN;
  if (text.length <= most) return text;
  return `[The first ${text.length - most} characters are left out.]\n${text.slice(-most)}`;
}

/** A message as the model that summarises reads it. */
function render(message: Message): string {
  if (message.role === 'tool') return `${message.tool}: ${message.content}`;
  if (typeof message.content === 'string') return `${message.role}: ${message.content}`;
  const parts = message.content.map((part) => {
    if (part.type === 'text') return part.text;
    if (part.type === 'tool-call') return `[calls ${part.tool}(${part.arguments})]`;
    return part.type === 'file' ? `[file ${part.name ?? part.mediaType}]` : '';
  });
  return `${message.role}: ${parts.join('\n')}`;
}
