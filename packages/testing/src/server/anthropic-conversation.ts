import { isBody, listOf, refuse, textIn } from './checks.js';
import { seal } from './ids.js';
import type { Body, Memory } from './provider-api.js';

/** Roles that alternate, blocks that a role may have, and calls with their results in the very next message. */
export function checkConversation(body: Body, memory: Memory): void {
  const messages = listOf(body.messages);
  if (!Array.isArray(body.messages)) refuse('messages: Input should be a valid list');
  if (messages.length === 0) refuse('messages: at least one message is required');
  if (messages[0]?.role !== 'user') refuse('messages: first message must use the "user" role');
  for (const [index, message] of messages.entries()) {
    const { role } = message;
    if (role !== 'user' && role !== 'assistant')
      refuse(
        `messages.${index}.role: Unexpected role "${role}". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`,
      );
    if (role === messages[index - 1]?.role)
      refuse(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${role}" roles in a row`,
      );
    checkContent(message, `messages.${index}`, index === messages.length - 1);
  }
  for (const index of messages.keys()) checkCalls(messages, index);
  checkThought(body, messages, memory);
}

const blocksOf = (message: Body | undefined): readonly Body[] => listOf(message?.content);
const blocks = {
  user: ['text', 'image', 'document', 'search_result', 'tool_result'],
  assistant: ['text', 'thinking', 'redacted_thinking', 'tool_use', 'server_tool_use'],
};

function checkContent(message: Body, path: string, last: boolean): void {
  const { content, role } = message;
  const final = last && role === 'assistant';
  if (typeof content !== 'string' && !Array.isArray(content)) refuse(`${path}.content: Field required`);
  if (content.length === 0 && !final)
    refuse(`${path}: all messages must have non-empty content except for the optional final assistant message`);
  const kinds = blocks[role === 'user' ? 'user' : 'assistant'];
  for (const [index, block] of blocksOf(message).entries()) {
    const place = `${path}.content.${index}`;
    if (!kinds.includes(String(block.type)))
      refuse(`${place}.type: Input tag '${block.type}' is not allowed in a message of the role ${role}`);
    checkBlock(block, place);
  }
  const end = typeof content === 'string' ? content : textIn(blocksOf(message).at(-1) ?? {}, 'text');
  if (final && end !== end.trimEnd()) refuse('messages: final assistant content cannot end with trailing whitespace');
}

function checkBlock(block: Body, path: string): void {
  if (block.type === 'text' && textIn(block, 'text').trim() === '')
    refuse(`${path.split('.content')[0]}: text content blocks must contain non-whitespace text`);
  if (block.type === 'image' || block.type === 'document') checkSource(block, path);
  if (block.type === 'tool_use') {
    if (!/^[a-zA-Z0-9_-]+$/.test(textIn(block, 'id')))
      refuse(`${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
    if (textIn(block, 'name') === '') refuse(`${path}.tool_use.name: Field required`);
    if (!isBody(block.input)) refuse(`${path}.tool_use.input: Input should be a valid dictionary`);
  }
  if (block.type === 'thinking' && typeof block.signature !== 'string')
    refuse(`${path}.thinking.signature: Field required`);
}

const images = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function checkSource(block: Body, path: string): void {
  const source = isBody(block.source) ? block.source : refuse(`${path}.${block.type}.source: Field required`);
  const place = `${path}.${block.type}.source`;
  if (source.type === 'base64') {
    const media = block.type === 'image' ? images : ['application/pdf'];
    if (!media.includes(textIn(source, 'media_type')))
      refuse(`${place}.base64.media_type: Input should be ${media.join(', ')}`);
    if (!/^[A-Za-z0-9+/]+=*$/.test(textIn(source, 'data')))
      refuse(`${place}.base64.data: Input should be valid base64`);
  } else if (source.type === 'url') {
    if (!/^https?:\/\//.test(textIn(source, 'url'))) refuse(`${place}.url.url: Only HTTPS URLs are supported.`);
  } else if (source.type === 'text') {
    if (source.media_type !== 'text/plain') refuse(`${place}.text.media_type: Input should be 'text/plain'`);
  } else if (source.type !== 'file' && source.type !== 'content') {
    refuse(`${place}: Input tag '${source.type}' found using 'type' does not match any of the expected tags`);
  }
}

function checkCalls(messages: readonly Body[], index: number): void {
  const calls = blocksOf(messages[index])
    .filter((block) => block.type === 'tool_use')
    .map((block) => textIn(block, 'id'));
  const before = blocksOf(messages[index - 1])
    .filter((block) => block.type === 'tool_use')
    .map((block) => block.id);
  const here = blocksOf(messages[index]);
  const results = here.filter((block) => block.type === 'tool_result').map((block) => textIn(block, 'tool_use_id'));
  for (const [at, id] of calls.entries())
    if (calls.indexOf(id) !== at) refuse(`messages.${index}: \`tool_use\` ids must be unique`);
  for (const [at, id] of results.entries()) {
    if (!before.includes(id))
      refuse(
        `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    if (results.indexOf(id) !== at)
      refuse(
        `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
      );
  }
  if (results.length > 0 && here.slice(0, results.length).some((block) => block.type !== 'tool_result'))
    refuse(`messages.${index}: \`tool_result\` blocks must come before other content`);
  const next = blocksOf(messages[index + 1]).map((block) => block.tool_use_id);
  const open = calls.filter((id) => !next.includes(id));
  if (open.length > 0)
    refuse(
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    );
}

/** Thinking comes back as it was, and with the calls that came after it while thinking is on. */
function checkThought(body: Body, messages: readonly Body[], memory: Memory): void {
  for (const [index, message] of messages.entries())
    for (const [at, block] of blocksOf(message).entries()) {
      const given = memory.reasoning.get(textIn(block, 'signature'));
      if (
        block.type === 'thinking' &&
        (given === undefined || given !== block.thinking || seal(given) !== block.signature)
      )
        refuse(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`);
    }
  const on = isBody(body.thinking) && body.thinking.type !== 'disabled';
  const at = messages.findLastIndex((message) => message.role === 'assistant');
  const [first, ...rest] = blocksOf(messages[at]);
  const thought = [first, ...rest].some((block) => block?.type === 'tool_use' && memory.calls.has(textIn(block, 'id')));
  if (on && thought && first?.type !== 'thinking' && first?.type !== 'redacted_thinking')
    refuse(
      `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
    );
}
