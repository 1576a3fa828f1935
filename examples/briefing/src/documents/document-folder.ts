import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from './bad-input.js';
import { fileProblem } from './file-problem.js';
import type { Omission } from './left-out.js';
import { documentEndings, isDocument } from './parse-document.js';
import type { Bounds, FileEntry } from './source-document.js';

/** More entries than this are not looked at, so that a wrong folder such as `/` ends soon. */
export const maxEntries = 200_000;

export interface FolderListing {
  /** In the order of reading: the folder's own files first, README and index before others, then by name. */
  readonly files: readonly FileEntry[];
  readonly leftOut: readonly Omission[];
}

/** Reads folders of documents. It is injected: a test, or another source of documents, puts its own in its place. */
export class DocumentFolder {
  /**
   * The documents of a folder and of those in it. Links to folders are not followed, so a cycle of links can't trap it.
   * @param except full path of a file that is no source: the report itself
   */
  async list(folder: string, bounds: Bounds, except: string | undefined, signal: AbortSignal): Promise<FolderListing> {
    const found: FileEntry[] = [];
    const leftOut: Omission[] = [];
    const folders = [''];
    let seen = 0;
    for (let at = folders.shift(); at !== undefined; at = folders.shift()) {
      signal.throwIfAborted();
      const entries = await this.#entries(folder, at, leftOut);
      seen += entries.length;
      if (seen > maxEntries) {
        leftOut.push({
          what: `${at || '.'} and all after it`,
          why: `the folder holds more than ${maxEntries} entries`,
        });
        break;
      }
      for (const entry of entries) {
        const path = at === '' ? entry.name : `${at}/${entry.name}`;
        if (steering.test(entry.name))
          leftOut.push({ what: JSON.stringify(path), why: 'its name has control characters' });
        else if (entry.isDirectory()) {
          const why = skippedFolder(entry.name);
          if (why === undefined) folders.push(path);
          else leftOut.push({ what: `${path}/`, why });
        } else if (join(folder, path) !== except) {
          const file = await this.#file(folder, path, entry);
          if ('why' in file) leftOut.push(file);
          else found.push(file);
        }
      }
    }
    return bounded(found, leftOut, bounds);
  }

  /** The beginning of a file, up to a number of bytes. */
  async read(folder: string, { path, bytes }: FileEntry, maxBytes: number): Promise<Uint8Array> {
    const file = await open(join(folder, path), 'r');
    try {
      const buffer = new Uint8Array(Math.min(bytes, maxBytes));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async #entries(folder: string, at: string, leftOut: Omission[]): Promise<readonly Dirent[]> {
    try {
      const entries = await readdir(join(folder, at), { withFileTypes: true });
      return entries.sort((a, b) => weight(a.name) - weight(b.name) || (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (at === '')
        throw new BadInput(
          `The folder ${folder} can't be read: ${fileProblem(error)}.`,
          'Name a folder that you may read.',
        );
      leftOut.push({ what: `${at}/`, why: fileProblem(error) });
      return [];
    }
  }

  async #file(folder: string, path: string, entry: Dirent): Promise<FileEntry | Omission> {
    if (entry.name.startsWith('.')) return { what: path, why: 'hidden files are not read' };
    if (!entry.isFile() && !entry.isSymbolicLink()) return { what: path, why: 'no regular file' };
    if (entry.isFile() && !isDocument(path)) return { what: path, why: noDocument };
    try {
      const stats = await stat(join(folder, path));
      if (stats.isDirectory()) return { what: path, why: 'links to folders are not followed' };
      if (!stats.isFile()) return { what: path, why: 'no regular file' };
      return isDocument(path) ? { path, bytes: stats.size } : { what: path, why: noDocument };
    } catch (error) {
      return { what: path, why: fileProblem(error) };
    }
  }
}

/** A name that could steer the terminal on which it is shown. */
const steering = /\p{Cc}/u;

const noDocument = `no document (only ${documentEndings.join(' ')} are read)`;

function bounded(found: readonly FileEntry[], leftOut: Omission[], bounds: Bounds): FolderListing {
  const files: FileEntry[] = [];
  let total = 0;
  for (const file of found) {
    const bytes = Math.min(file.bytes, bounds.maxFileBytes);
    if (files.length >= bounds.maxFiles)
      leftOut.push({ what: file.path, why: `over the bound of ${bounds.maxFiles} documents (--max-files)` });
    else if (total + bytes > bounds.maxTotalBytes)
      leftOut.push({ what: file.path, why: 'over the bound of all documents together (--max-total)' });
    else {
      files.push(file);
      total += bytes;
    }
  }
  return { files, leftOut };
}

function skippedFolder(name: string): string | undefined {
  if (name === 'node_modules') return 'installed packages are not entered';
  return name.startsWith('.') ? 'hidden folders are not entered' : undefined;
}

/** README and index first: they say what the rest is. */
const weight = (name: string): number => (/^(?:readme|index)\b/i.test(name) ? 0 : 1);
