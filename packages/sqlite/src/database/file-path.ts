import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EspalierError } from '@espalier/core';

/** The absolute path of a file. @throws option-invalid where it would not be a file */
export function filePath(path: string | URL, caller: string, hint: string): string {
  if (path === '' || path === ':memory:') {
    throw new EspalierError('option-invalid', `${caller}('${path}'): expected the path of a file.`, { hint });
  }
  return resolve(path instanceof URL ? fileURLToPath(path) : path);
}
