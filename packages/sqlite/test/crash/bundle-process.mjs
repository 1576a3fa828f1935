import { bundle } from './bundle.mjs';

await bundle('process.ts');
