import { type ChatRequest, type Message, textOf, toolCallsOf, type UserMessage } from '@espalier/core';
import { type Question, questionIn } from './question.js';
import { splitSections } from './sections.js';
import { normalKey, type Source, sourceOf, withChildren } from './source.js';

/** What a conversation says, taken apart. */
export interface Reading {
  /** System messages. */
  readonly instructions: string;
  /** What the user asks for, outside of inputs. */
  readonly task: string;
  readonly question: Question | undefined;
  /** Inputs of the user and results of tools. */
  readonly sources: readonly Source[];
  /** Calls that were made since the user last spoke. */
  readonly calls: readonly { readonly tool: string; readonly arguments: string }[];
  /** How many answers of the model asked for tools since the user last spoke. */
  readonly rounds: number;
  /** Answers that were refused, and the JSON paths that the refusals name. */
  readonly refused: { readonly times: number; readonly paths: readonly string[] };
}

const questionNames = new Set(['question', 'query', 'topic', 'ask', 'subject', 'goal', 'focus']);
/** Inputs that speak about an earlier answer, and not about the subject. */
const noteNames = new Set(['previous', 'feedback', 'critique', 'corrections', 'problems', 'errors']);
const complaint = /\$[.[]|\$(?=[:\s])|\b(?:schema|valid|invalid|match|json|expected|required|must)\b/i;

/** Takes a request apart. A user's message after an answer in JSON that speaks of the schema refuses that answer. */
export function readConversation(request: ChatRequest): Reading {
  const spoken: string[] = [];
  const instructions: string[] = [];
  const sources: Source[] = [];
  const refusals: string[] = [];
  let calls: Reading['calls'] = [];
  let rounds = 0;
  let answered = false;
  for (const message of request.messages) {
    if (message.role === 'system') instructions.push(message.content);
    else if (message.role === 'tool') {
      if (!message.failed) sources.push(sourceOf(message.tool, message.content));
    } else if (message.role === 'assistant') {
      const asked = toolCallsOf(message);
      calls = [...calls, ...asked.map(({ tool, arguments: given }) => ({ tool, arguments: given }))];
      if (asked.length > 0) rounds += 1;
      answered = asked.length === 0 && request.output !== undefined && /^\s*[[{"]/.test(textOf(message));
    } else {
      const text = textIn(message);
      if (answered && complaint.test(text) && splitSections(text).sections.length === 0) refusals.push(text);
      else {
        spoken.push(text);
        calls = [];
        rounds = 0;
      }
      answered = false;
    }
  }
  return {
    ...readPrompts(spoken, sources, instructions.join('\n\n')),
    calls,
    rounds,
    refused: { times: refusals.length, paths: pathsIn(refusals) },
  };
}

function readPrompts(prompts: readonly string[], results: readonly Source[], instructions: string) {
  const sources: Source[] = [];
  let task = '';
  for (const prompt of prompts) {
    const { free, sections } = splitSections(prompt);
    sources.push(...sections.map((section) => sourceOf(section.name, section.text, section.attributes)));
    task = free;
  }
  if (sources.length === 0 && results.length === 0) return { ...plainPrompt(task, instructions), instructions };
  const question = askedIn(sources) ?? questionIn(task) ?? questionIn(instructions);
  const material = sources.filter((source) => !isQuestion(source) && !noteNames.has(normalKey(source.name)));
  return { instructions, task, question, sources: [...material, ...results] };
}

/** A prompt without inputs: a question at its beginning or end, the rest is the text. */
function plainPrompt(prompt: string, instructions: string) {
  const parts = prompt.trim().split(/\n\s*\n/);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) {
    const long = first.length > 600;
    return {
      task: long ? '' : first,
      question: questionIn(long ? instructions : first),
      sources: long ? [sourceOf('text', first)] : [],
    };
  }
  const fromEnd =
    last.length < 400 &&
    (/\?\s*$/.test(last) || !/[?:]\s*$/.test(first)) &&
    /\?\s*$|^(?:summari[sz]e|question|task)\b/i.test(last);
  const task = fromEnd ? last : first.length < 400 && !first.startsWith('#') ? first : '';
  const text = task === '' ? prompt : (fromEnd ? parts.slice(0, -1) : parts.slice(1)).join('\n\n');
  return { task, question: questionIn(task === '' ? instructions : task), sources: [sourceOf('text', text)] };
}

function isQuestion(source: Source): boolean {
  return questionNames.has(normalKey(source.name)) && source.texts.join('').length < 600;
}

/** The question that an input is, or that an object among the inputs has as a field. */
function askedIn(sources: readonly Source[]): Question | undefined {
  for (const source of sources.filter(isQuestion)) {
    const text = [...source.texts, ...[...source.fields.values()].filter((value) => typeof value === 'string')][0];
    if (text !== undefined) return { text, strength: 1 };
  }
  for (const source of sources)
    for (const part of withChildren(source))
      for (const [key, value] of part.fields)
        if (questionNames.has(normalKey(key)) && typeof value === 'string' && value.length < 600 && value.trim() !== '')
          return { text: value, strength: 1 };
  return undefined;
}

function textIn(message: UserMessage): string {
  const texts: string[] = [];
  for (const part of message.content) if (part.type === 'text') texts.push(part.text);
  return texts.join('\n');
}

function pathsIn(refusals: readonly string[]): readonly string[] {
  const paths = refusals.flatMap((text) => text.match(/\$(?:\.[A-Za-z_$][\w$]*|\[\d+\]|\["[^"]*"\])+/g) ?? []);
  return [...new Set(paths)];
}

/** All text of a conversation, for counting. */
export function charactersOf(messages: readonly Message[]): number {
  let count = 0;
  for (const message of messages) {
    if (typeof message.content === 'string') count += message.content.length;
    else
      for (const part of message.content)
        count +=
          part.type === 'file'
            ? (part.data?.length ?? 0)
            : part.type === 'tool-call'
              ? part.arguments.length
              : part.text.length;
  }
  return count;
}
