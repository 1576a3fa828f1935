import { Agent, DependsOn, each, type RunContext } from '@espalier/core';
import { BadInput } from '../documents/bad-input.js';
import { LeftOut, type Omission } from '../documents/left-out.js';
import type { SourceDocument } from '../documents/source-document.js';
import { Read } from './read.js';

export interface Documents {
  readonly documents: readonly SourceDocument[];
}

/** Plain code: the documents that could be read, each once. */
@Agent({ description: 'Collects what could be read, without copies.' })
@DependsOn(each(Read))
export class Library {
  run(read: readonly (SourceDocument | null)[], ctx: RunContext): Documents {
    const byText = new Map<string, SourceDocument>();
    const copies: Omission[] = [];
    for (const document of read) {
      if (document === null) continue;
      const same = byText.get(document.text);
      if (same === undefined) byText.set(document.text, document);
      else copies.push({ what: document.path, why: `the same text as ${same.path}` });
    }
    if (byText.size === 0) {
      const [first] = ctx.state(LeftOut).read().items;
      throw new BadInput(
        'None of the files could be read.',
        `The first: ${first?.what} (${first?.why}). Name a folder with text in it.`,
      );
    }
    ctx.state(LeftOut).write({ items: copies });
    return { documents: [...byText.values()] };
  }
}
