import type { Block } from './block.js';
import { htmlBlocks } from './html-blocks.js';
import { markdownBlocks } from './markdown-blocks.js';

const page = /^\s*(?:<\?xml[^<>]*>\s*)?(?:<!--(?:(?!-->)[\s\S]){0,2000}-->\s*)?<(?:!doctype\s+html|html)\b/i;

/** Where the prose of a text is: of an HTML page, or else of Markdown or plain text. */
export function readBlocks(text: string): readonly Block[] {
  return page.test(text.slice(0, 4_000)) ? htmlBlocks(text) : markdownBlocks(text);
}
