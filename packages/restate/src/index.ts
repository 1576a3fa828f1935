export { RestateEngine, type RestateOptions, restate } from './restate.js';
export type { RestateWorker, ServeOptions } from './serve-worker.js';
