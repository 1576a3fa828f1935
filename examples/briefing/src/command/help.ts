import { maxEntries } from '../documents/document-folder.js';
import { documentEndings } from '../documents/parse-document.js';
import { defaultModels } from '../model.js';

export const help = `Turns a folder of documents into a briefing with citations.

  npm start                                   brief on this repository's own docs
  npm start -- <folder>                       brief on another folder
  npm start -- <folder> --question "…"        and answer a question from it

Options
  -q, --question "…"    what to answer from the documents
  -o, --out <file>      write the briefing to a file instead of the screen
      --force           let --out replace a file that is there already
      --max-files <n>   documents that are read at most          (default 5000, at most 10000)
      --max-file <size> of a longer file only the beginning      (default 2MB, at most 64MB)
      --max-total <size> of all documents together               (default 100MB, at most 512MB)
      --concurrency <n> agents that run at once                  (default 8, at most 256)
  -m, --model <model>   openai:MODEL, anthropic:MODEL, openai-compatible:URL#MODEL or offline
  -h, --help            this text

Without --model, the provider is asked whose key is set: OPENAI_API_KEY (${defaultModels.openai}) or ANTHROPIC_API_KEY
(${defaultModels.anthropic}); that costs money. Without a key it is offline: extracts, no language model. A compatible server
gets OPENAI_COMPATIBLE_API_KEY where that is set.

Documents are ${documentEndings.join(' ')}; all else is left out, and the briefing says what and why.
Hidden folders, node_modules and links to folders are not entered, and at most ${maxEntries} entries are looked at.
Progress goes to the error stream: "npm start --silent > report.md" keeps the briefing alone.
Ctrl-C cancels the run; a second Ctrl-C ends it at once.

Exit codes: 0 done, 1 the run failed, 2 wrong input, 130 cancelled.
`;
