import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Every page of the documentation, from the root of the repository. */
export const pages = globSync(['README.md', 'packages/*/README.md', 'docs/**/*.md'], { cwd: root })
  .map((page) => page.replaceAll('\\', '/'))
  .sort();

/** Pages beside the documentation, whose code is not run. */
export const otherPages = globSync(['*.md', 'examples/*/README.md'], { cwd: root, exclude: ['README.md'] }).sort();

/** A file's text, by its path from the root of the repository. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8');
