import { bundle } from '../crash/bundle.mjs';

await bundle('../full-disk/program.ts');
