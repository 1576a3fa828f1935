// Before any test: builds what the tests of the docs and of the example run, once, so that they do not build side by side.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = 'node_modules/@typescript/native/bin/tsc';
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' }).status === 0;

export default function buildForTests() {
  // Where this fails, the tests that need it say why.
  if (
    run([
      compiler,
      '-b',
      'examples/briefing',
      'examples/approval',
      'packages/testing',
      'packages/sqlite',
      'packages/restate',
    ])
  )
    run(['.ci/bundle.mjs']);
}
