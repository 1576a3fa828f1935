import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle, target } from './bundle.mjs';

await bundle('process.ts', 'main.ts');
const { status } = spawnSync(process.execPath, [join(target, 'main.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
