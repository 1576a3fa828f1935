import type { Memory, MemoryHandle } from '../memory/memory.js';
import { type Message, userText } from '../model/message.js';
import { section } from '../model/prompt.js';

/** What an agent's model gets to read of memories: a section each, of those that hold something. Nothing where none does. */
export async function shownMemory(
  memories: readonly Memory[],
  held: (memory: Memory) => Pick<MemoryHandle<unknown>, 'read'>,
): Promise<readonly Message[]> {
  const sections: string[] = [];
  for (const memory of memories) {
    const value = await held(memory).read();
    if (value === undefined) continue;
    const { name, description } = memory;
    sections.push(`${description === undefined ? '' : `${description}\n`}${section(name, value)}`);
  }
  return sections.length === 0 ? [] : [userText(sections.join('\n\n'))];
}
