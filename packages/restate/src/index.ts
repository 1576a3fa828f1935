export { RestateEngine, type RestateOptions, type RestateWorker, restate, type ServeOptions } from './restate.js';
