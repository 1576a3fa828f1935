import type { CompiledTool } from '../generation/compiled-agent.js';
import { type ResolvedUse, toolName } from '../memory/agent-memory.js';
import type { Memory } from '../memory/memory.js';
import type { Notes, RecallOptions } from '../memory/notes.js';
import type { JsonSchema } from '../schema/json.js';
import { readSchema } from '../schema/read-schema.js';
import type { SchemaOf } from '../schema/schema.js';
import { textInput } from './built-in-inputs.js';
import { MAX_TOOL_OUTPUT } from './compile-tools.js';

/** The tools by which a model changes memories, and searches and adds notes. */
export async function memoryTools(uses: readonly ResolvedUse[]): Promise<readonly CompiledTool[]> {
  const tools = await Promise.all(
    uses.map(async (use) => {
      if (use.kind === 'memory') return use.update ? [await updateTool(use.memory)] : [];
      const { notes, recall, remember } = use;
      return [...(recall === undefined ? [] : [recallTool(notes, recall)]), ...(remember ? [rememberTool(notes)] : [])];
    }),
  );
  return tools.flat();
}

/** What all of them have in common. */
const common = { approval: false, policies: [], maxOutput: MAX_TOOL_OUTPUT } as const;

async function updateTool(memory: Memory): Promise<CompiledTool> {
  const schema = await readSchema(memory.schema, {});
  const input = partial(schema);
  const description = `Change what is kept in ${about(memory)}. Fields that are left out stay as they are.`;
  return {
    ...common,
    definition: { name: toolName('update', memory), description, parameters: input.jsonSchema },
    input,
    origin: `memory '${memory.name}'`,
    async call(args, context) {
      await context.memory(memory).update(args as object);
      return 'It is kept.';
    },
  };
}

function recallTool(notes: Notes, options: RecallOptions): CompiledTool {
  const input = textInput('query', 'What to look for, in full sentences.');
  return {
    ...common,
    definition: {
      name: toolName('recall', notes),
      description: `Search ${about(notes)} by meaning.`,
      parameters: input.jsonSchema,
    },
    input,
    origin: `notes '${notes.name}'`,
    async call(args, context) {
      const found = await context.notes(notes).recall((args as { query: string }).query, options);
      return found.length === 0 ? 'Nothing was found.' : found.map(({ text }) => text);
    },
  };
}

function rememberTool(notes: Notes): CompiledTool {
  const input = textInput('text', 'What to remember, in full sentences that can be read alone.');
  return {
    ...common,
    definition: {
      name: toolName('remember', notes),
      description: `Add to ${about(notes)}.`,
      parameters: input.jsonSchema,
    },
    input,
    origin: `notes '${notes.name}'`,
    async call(args, context) {
      await context.notes(notes).remember((args as { text: string }).text);
      return 'It is kept.';
    },
  };
}

const about = ({ name, description }: Pick<Memory | Notes, 'name' | 'description'>): string =>
  description === undefined ? name : `${name} (${description.replace(/\.$/, '')})`;

/** Some fields of a value: what comes of them is checked as a whole when it is written. */
function partial({ name, jsonSchema }: SchemaOf): SchemaOf {
  const { required: _, ...rest } = jsonSchema as JsonSchema & { readonly required?: unknown };
  return {
    name: `part of ${name}`,
    jsonSchema: rest as JsonSchema,
    validate: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { valid: true, value }
        : { valid: false, issues: [{ path: '$', message: 'expected an object' }] },
  };
}
