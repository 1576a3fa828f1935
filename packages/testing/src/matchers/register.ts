import { EspalierError } from '@espalier/core';
import { espalierMatchers } from './espalier-matchers.js';

/** `import '@espalier/testing/matchers'`: adds the matchers to the global `expect`, in a setup file or in a test. */
const { expect } = globalThis as { readonly expect?: { extend?(matchers: object): void } };

if (typeof expect?.extend !== 'function') {
  throw new EspalierError('option-invalid', "import '@espalier/testing/matchers': there is no global `expect`.", {
    hint: "Write expect.extend(espalierMatchers), with `expect` from your test runner and `espalierMatchers` from '@espalier/testing'.",
  });
}
expect.extend(espalierMatchers);
