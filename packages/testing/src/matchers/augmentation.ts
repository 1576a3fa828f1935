// biome-ignore-all lint/suspicious/noTsIgnore: what is an error depends on which test runners are installed.
// biome-ignore-all lint/suspicious/noExplicitAny: type parameters have to be those of the runner.
// biome-ignore-all lint/complexity/noBannedTypes: type parameters have to be those of the runner.
import type { RunMatchers } from './run-matchers.js';

// Each of these is for who has the runner installed: where one is not, there is nothing to add to. The directives go
// into the declarations, so that a project without `skipLibCheck` compiles too.

/** @ts-ignore */
declare module 'expect' {
  /** @ts-ignore */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends RunMatchers {}
}

/** @ts-ignore */
declare module 'vitest' {
  /** @ts-ignore */
  interface Assertion<T = any> extends RunMatchers {}
}

declare global {
  namespace jest {
    /** @ts-ignore */
    interface Matchers<R, T = {}> extends RunMatchers {}
  }
}
