import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EspalierError } from '@espalier/core';

/** The absolute path of a file. @throws option-invalid where it would not be a file */
export function filePath(path: string | URL, caller: string, hint: string): string {
  if (path instanceof URL) return resolve(fileURLToPath(path));
  if (typeof path === 'string' && path !== '' && path !== ':memory:') return resolve(path);
  const got = typeof path === 'string' ? `'${path}'` : String(path); // an environment variable that is not set
  throw new EspalierError('option-invalid', `${caller}(${got}): expected the path of a file.`, { hint });
}
