import type { SerializedError } from '../errors/espalier-error.js';
import type { JournalRecord, RecordBody } from '../events/event.js';
import type { Message } from '../model/message.js';
import { markAt, parseMark, pointerOf, type Range, united } from './marks.js';
import type { SensitiveValues } from './sensitive-values.js';

type Keys = (string | number)[];

/** The fields of records that hold a user's data. Names, ids and numbers of the engine are no data. */
const dataOf: { readonly [T in JournalRecord['type']]?: readonly string[] } = {
  'run-start': ['input', 'identity', 'thread'],
  'run-end': ['output', 'error'],
  'run-migrate': ['input', 'outputs'],
  'node-retry': ['error'],
  'node-fallback': ['error'],
  'node-suspend': ['request'],
  'node-resume': ['value', 'by', 'error'],
  'node-end': ['output', 'error', 'writes'],
  'model-start': ['request'],
  'model-end': ['value', 'error'],
  'tool-start': ['tool', 'arguments'],
  'tool-end': ['tool', 'value', 'error'],
  'step-end': ['value', 'error'],
};

/** The record with marks where it holds known sensitive values, besides the marks that it came with. */
export function markRecord<R extends RecordBody>(record: R, values: SensitiveValues): R {
  const fields = dataOf[record.type];
  if (fields === undefined) return record;
  const finder = new Finder(values, record.sensitive);
  for (const field of fields) {
    const value = (record as Readonly<Record<string, unknown>>)[field];
    if (value !== undefined) lookInto(finder, record.type, field, value);
  }
  const sensitive = finder.marks();
  return sensitive.length === 0 ? record : { ...record, sensitive };
}

type PartField = 'text' | 'arguments' | 'name' | 'url' | 'data' | 'provider';

/** Marks of messages, for what keeps them outside a journal. */
export function marksOfMessages(messages: readonly Message[], values: SensitiveValues): readonly string[] {
  const finder = new Finder(values, undefined);
  finder.messages(messages, ['messages']);
  return finder.marks();
}

/** The same for plain data; names of its fields are no data. */
export function marksOfFields(data: object, values: SensitiveValues): readonly string[] {
  const finder = new Finder(values, undefined);
  for (const [field, value] of Object.entries(data)) finder.value(value, [field]);
  return finder.marks();
}

function lookInto(finder: Finder, type: JournalRecord['type'], field: string, value: unknown): void {
  if (field === 'error') finder.error(value as SerializedError, [field]);
  else if (field === 'tool') finder.toolName(value as string, [field]);
  else if (field === 'thread') {
    const { id, scope } = value as { readonly id: string; readonly scope?: string };
    finder.value(scope === undefined ? { id } : { id, scope }, [field]);
  } else if (type === 'model-start') {
    finder.messages((value as { messages: readonly Message[] }).messages, [field, 'messages']);
  } else if (type === 'model-end') {
    finder.message((value as { message: Message }).message, [field, 'message']);
  } else if (type === 'tool-end') {
    finder.value((value as { content: string }).content, [field, 'content']);
  } else if (field === 'writes') {
    (value as readonly { value: unknown }[]).forEach((write, index) => {
      finder.value(write.value, [field, index, 'value']);
    });
  } else if (field === 'outputs') {
    (value as readonly { output?: unknown }[]).forEach(({ output }, index) => {
      finder.value(output, [field, index, 'output']);
    });
  } else finder.value(value, [field]);
}

/** Looks for known values, and puts the marks together. */
class Finder {
  readonly #values: SensitiveValues;
  /** Values that are sensitive as a whole. */
  readonly #whole = new Set<string>();
  readonly #ranges = new Map<string, readonly Range[]>();

  constructor(values: SensitiveValues, given: readonly string[] | undefined) {
    this.#values = values;
    for (const mark of given ?? []) {
      const { keys, ranges } = parseMark(mark);
      if (ranges === undefined) this.#whole.add(mark);
      else this.#ranges.set(pointerOf(keys), ranges);
    }
  }

  marks(): readonly string[] {
    const marks = [...this.#whole];
    for (const [pointer, ranges] of this.#ranges) {
      if (!this.#whole.has(pointer)) marks.push(markAt(pointer, united(ranges)));
    }
    return marks;
  }

  value(value: unknown, keys: Keys): void {
    if (typeof value === 'string') this.#text(value, keys);
    else if (typeof value === 'number') {
      if (this.#values.has(value)) this.#whole.add(pointerOf(keys));
    } else if (typeof value === 'object' && value !== null && !this.#isWhole(keys)) this.#object(value, keys);
  }

  error({ message, hint, where, details, cause }: SerializedError, keys: Keys): void {
    this.#fields({ message, hint, details }, keys);
    this.#fields({ path: where?.path }, [...keys, 'where']);
    if (cause !== undefined) this.error(cause, [...keys, 'cause']);
  }

  messages(messages: readonly Message[], keys: Keys): void {
    messages.forEach((message, index) => {
      this.message(message, [...keys, index]);
    });
  }

  message(message: Message, keys: Keys): void {
    const { content } = message;
    if (message.role === 'tool') this.toolName(message.tool, [...keys, 'tool']);
    if (typeof content === 'string') this.#text(content, [...keys, 'content']);
    else {
      content.forEach((part, index) => {
        const { text, arguments: args, name, url, data, provider } = part as { readonly [K in PartField]?: unknown };
        this.#fields({ text, arguments: args, name, url, data, provider }, [...keys, 'content', index]);
        if (part.type === 'tool-call') this.toolName(part.tool, [...keys, 'content', index, 'tool']);
      });
    }
  }

  /** Names of tools that there are come from the code. */
  toolName(tool: string, keys: Keys): void {
    if (this.#values.isInvented(tool)) this.#text(tool, keys);
  }

  #fields(fields: Readonly<Record<string, unknown>>, keys: Keys): void {
    for (const [key, value] of Object.entries(fields)) if (value !== undefined) this.value(value, [...keys, key]);
  }

  #text(text: string, keys: Keys): void {
    const found = this.#values.find(text);
    if (found.length === 0) return;
    const pointer = pointerOf(keys);
    const [first] = found;
    if (first?.from === 0 && first.to === text.length) this.#whole.add(pointer);
    else this.#ranges.set(pointer, [...(this.#ranges.get(pointer) ?? []), ...found]);
  }

  /** A key is no value that could be masked: where one is sensitive, all of its object is. */
  #object(value: object, keys: Keys): void {
    if (!Array.isArray(value) && Object.keys(value).some((key) => this.#values.find(key).length > 0)) {
      this.#whole.add(pointerOf(keys));
      return;
    }
    for (const [key, part] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
      keys.push(key);
      this.value(part, keys);
      keys.pop();
    }
  }

  #isWhole(keys: Keys): boolean {
    return this.#whole.size > 0 && this.#whole.has(pointerOf(keys));
  }
}
