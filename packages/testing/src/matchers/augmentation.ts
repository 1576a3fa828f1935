// biome-ignore-all lint/suspicious/noTsIgnore: what is an error depends on which test runners are installed.
// biome-ignore-all lint/complexity/noBannedTypes: type parameters have to be those of the runner.
import type { RunMatchers } from './run-matchers.js';

// Each of these is for who has the runner installed: where one is not, there is nothing to add to. The directives go
// into the declarations, so that a project without `skipLibCheck` compiles too.

/** @ts-ignore */
declare module 'expect' {
  /** @ts-ignore */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends RunMatchers {}
}

declare global {
  // Vitest's assertions are those of chai and more. Its own interface has other type parameters in each major version.
  namespace Chai {
    interface Assertion extends RunMatchers {}
  }
  namespace jest {
    /** @ts-ignore */
    interface Matchers<R, T = {}> extends RunMatchers {}
  }
}
