import { Agent, type RunContext, Timeout } from '@espalier/core';
import { BadInput } from '../documents/bad-input.js';
import { DocumentFolder } from '../documents/document-folder.js';
import { LeftOut } from '../documents/left-out.js';
import { documentEndings } from '../documents/parse-document.js';
import type { FileEntry } from '../documents/source-document.js';
import type { BriefingRequest } from './request.js';

/** Which files there are to read. */
export interface Inventory {
  readonly files: readonly FileEntry[];
}

/** Plain code: finds the documents of the folder. Its file system is injected. */
@Agent({ description: 'Finds the documents of the folder.' })
@Timeout('2m')
export class Survey {
  constructor(private readonly documents: DocumentFolder) {}

  async run(request: BriefingRequest, ctx: RunContext): Promise<Inventory> {
    const { folder, report } = request;
    const { files, leftOut } = await this.documents.list(folder, request, report, ctx.signal);
    if (files.length === 0) {
      throw new BadInput(
        `There is no document in ${folder}.`,
        leftOut.length === 0
          ? `The folder is empty. Name one with ${documentEndings.join(', ')} files.`
          : `What is in it was left out; the first: ${leftOut[0]?.what} (${leftOut[0]?.why}).`,
      );
    }
    ctx.state(LeftOut).write({ items: leftOut });
    return { files };
  }
}
