import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EspalierError } from '@espalier/core';
import type { Exchange } from './exchange.js';
import { parse, print } from './print.js';

/** Version of the format. */
const VERSION = 1;

export interface CassetteFile {
  /** The model that was recorded. */
  readonly model: string;
  readonly exchanges: readonly Exchange[];
}

/** @throws cassette-invalid */
export function readCassette(path: string): CassetteFile {
  const broken = (why: string): EspalierError => new EspalierError('cassette-invalid', `Cassette '${path}': ${why}`);
  let data: Partial<CassetteFile & { espalier: string; version: number }>;
  try {
    data = parse(readFileSync(path, 'utf8')) as typeof data;
  } catch (error) {
    throw broken((error as Error).message);
  }
  if (typeof data !== 'object' || data === null || data.espalier !== 'cassette') throw broken('it is no cassette.');
  if (data.version !== VERSION) throw broken(`expected version ${VERSION}, got ${JSON.stringify(data.version)}.`);
  const { model, exchanges } = data;
  if (typeof model !== 'string' || !Array.isArray(exchanges)) throw broken('expected a model and its exchanges.');
  exchanges.forEach((exchange: Partial<Exchange> | null, index) => {
    if (!Array.isArray(exchange?.request?.messages)) throw broken(`exchange ${index + 1} has no request.`);
  });
  return { model, exchanges };
}

/** Replaces the file at once: whoever reads it finds the old one or the new one. */
export function writeCassette(path: string, { model, exchanges }: CassetteFile): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(draft, print({ espalier: 'cassette', version: VERSION, model, exchanges }));
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
