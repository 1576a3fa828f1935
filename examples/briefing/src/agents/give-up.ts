import { Agent, type RunContext } from '@espalier/core';
import { LeftOut } from '../documents/left-out.js';
import type { FileEntry, SourceDocument } from '../documents/source-document.js';

/** Plain code, in the place of Read when all its attempts failed: leaves the file out and says so. */
@Agent({ description: 'Leaves out a file that can not be read.' })
export class GiveUp {
  run(file: FileEntry, ctx: RunContext): Promise<SourceDocument | null> {
    const why = 'it could not be read, also when tried again';
    ctx.state(LeftOut).write({ items: [{ what: file.path, why }] });
    return Promise.resolve(null);
  }
}
