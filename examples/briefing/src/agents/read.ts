import { Agent, exponential, Fallback, ForEach, Retry, type RunContext, Timeout } from '@espalier/core';
import { decodeText } from '../documents/decode-text.js';
import { DocumentFolder } from '../documents/document-folder.js';
import { fileProblem, isPassing } from '../documents/file-problem.js';
import { LeftOut } from '../documents/left-out.js';
import { parseDocument } from '../documents/parse-document.js';
import { sizeText } from '../documents/size-text.js';
import type { FileEntry, SourceDocument } from '../documents/source-document.js';
import { GiveUp } from './give-up.js';
import type { BriefingRequest } from './request.js';
import { Survey } from './survey.js';

/**
 * Plain code, once per file: reads it as a document. What can't be read is noted and given as null, so that one bad
 * file does not cost the briefing. Trouble that passes (a busy disk, too many open files) is thrown, and tried again.
 */
@Agent({ description: 'Reads one file.' })
@ForEach(Survey, { items: ({ files }) => files, max: 10_000 })
@Retry({ attempts: 3, backoff: exponential('100ms', { max: '1s' }) })
@Timeout('30s')
@Fallback(GiveUp)
export class Read {
  constructor(private readonly documents: DocumentFolder) {}

  async run(file: FileEntry, ctx: RunContext<BriefingRequest>): Promise<SourceDocument | null> {
    const { folder, maxFileBytes } = ctx.input;
    const leaveOut = (why: string): null => {
      ctx.state(LeftOut).write({ items: [{ what: file.path, why }] });
      return null;
    };
    if (file.bytes === 0) return leaveOut('the file is empty');
    let bytes: Uint8Array;
    try {
      bytes = await this.documents.read(folder, file, maxFileBytes);
    } catch (error) {
      if (isPassing(error)) throw error;
      return leaveOut(fileProblem(error));
    }
    const decoded = decodeText(bytes);
    if (decoded.kind === 'binary') return leaveOut('its bytes are no text');
    const document = parseDocument(file.path, decoded.text);
    if (document.text.trim() === '') return leaveOut('it holds no text');
    if (file.bytes > maxFileBytes) leaveOut(`only the first ${sizeText(maxFileBytes)} were read (--max-file)`);
    return document;
  }
}
