// Joins the compiled modules of core to a few files: a program that imports it starts in two thirds of the time.
// See docs/decisions/2026-11-24-bundled-core.md. Every file is replaced at once, so that nobody reads half of one.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const core = fileURLToPath(new URL('../packages/core/', import.meta.url));
const target = join(core, 'dist/bundle');

const { outputFiles } = await build({
  entryPoints: [join(core, 'dist/index.js')],
  outdir: target,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  packages: 'external',
  target: 'es2023',
  sourcemap: true,
  logLevel: 'warning',
  write: false,
});

mkdirSync(target, { recursive: true });
for (const { path, contents } of outputFiles) {
  const draft = join(target, `.${basename(path)}.${process.pid}`);
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
const written = new Set(outputFiles.map(({ path }) => basename(path)));
for (const file of readdirSync(target)) {
  if (!written.has(file) && !file.startsWith('.')) rmSync(join(target, file), { force: true });
}
