// Makes single files of the programs of the crash tests: a process then starts in a third of the time, and thousands of them
// are started. Prints nothing; fails where they do not compile.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const source = (name) => join(root, 'packages', name, 'src/index.ts');

/** Where the programs are. */
export const target = join(root, 'node_modules/.cache/espalier-crash');

export async function bundle(...programs) {
  await build({
    entryPoints: programs.map((program) => join(import.meta.dirname, program)),
    outdir: target,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true, // what is loaded when first used stays out of the way
    format: 'esm',
    platform: 'node',
    target: 'node22',
    keepNames: true,
    alias: { '@espalier/core': source('core'), '@espalier/sqlite': source('sqlite') },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    // Some dependencies are CommonJS, and ask for modules of Node.
    banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}
