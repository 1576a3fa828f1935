// Writes docs/reference/errors.md from the table of error codes. Node runs the TypeScript source as it is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { errorCodes } from '../packages/core/src/errors/codes.ts';

const target = new URL('../docs/reference/errors.md', import.meta.url);

const head = `# Error codes

Every error that Espalier throws is an \`EspalierError\` with one of these codes. A code never changes its meaning.
Ask with \`EspalierError.is(error, 'timeout')\`. An error's own \`hint\` is often more precise than the one here.
_Retryable_ says whether trying again can help; \`@Retry\` goes by it.

This page is written from \`packages/core/src/errors/codes.ts\` by \`npm run format\`.
`;

const entries = Object.entries(errorCodes).map(
  ([code, { title, hint, retryable }]) =>
    `## ${code}\n\n${title}.\n\n- Retryable: ${retryable ? 'yes' : 'no'}\n- What to do: ${hint}\n`,
);

mkdirSync(new URL('.', target), { recursive: true });
writeFileSync(target, [head, ...entries].join('\n'));
