import { describe, expect, it } from '@jest/globals';
import { hasOwnConstructor } from './own-constructor.js';

/** The source decides, so each class is made from source as it may be published: compiled, minified, by hand. */
const made = (source: string): (abstract new () => unknown) =>
  new Function('Base', `return ${source}`)(class {}) as never;

describe('hasOwnConstructor', () => {
  it.each([
    'class { constructor() {} }',
    'class extends Base{constructor(){super()}}',
    'class extends Base { a = 1\n constructor(a) { super(a) } }',
    'class extends Base { constructor (a) { super(a) } }',
    'class { static u = "https://a.example"; constructor() {} }',
    'class { get it() { return 1 } /* first */ constructor() {} }',
    'class { re = /[/}]"\'/; constructor() {} }',
    'class { half = 4 / 2; other = 1 / 2; constructor() {} }',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    'class { t = `a ${`b}`} {${ { a: 1 }.a } $`; constructor() {} }',
    'class extends Base { static { this.x = { a: 1 }; } constructor() { super() } }',
    'class extends (class { }) { constructor() { super() } }',
    'class { #a = 1; constructor() {} }',
    'function () {}',
    'function Old(a) { this.a = a }',
  ])('%s has one', (source) => {
    expect(hasOwnConstructor(made(source))).toBe(true);
  });

  it.each([
    'class {}',
    'class extends Base {}',
    'class extends Base { copy() { return new this.constructor(1) } }',
    'class extends Base { make = this.constructor("x") }',
    'class extends Base { /* constructor(a) {} */ }',
    'class extends Base { // constructor(a) {}\n }',
    'class extends Base { text = "constructor(a) {}" }',
    "class extends Base { text = 'it\\'s; constructor(a) {}' }",
    'class extends Base { text = `; constructor(a) {}` }',
    'class extends Base { re = /;constructor()/ }',
    'class extends Base { Inner = class { constructor(a) {} } }',
    'class extends Base { static constructor() {} }',
    'class extends (class { constructor(a) {} }) {}',
    'class extends Base { constructorOf() {} }',
    'class extends Base { run() { function constructor() {} constructor() } }',
  ])('%s has none', (source) => {
    expect(hasOwnConstructor(made(source))).toBe(false);
  });

  it('reads a large class in time', () => {
    const methods = Array.from({ length: 5000 }, (_, index) => `m${index}() { return { a: "x", b: /y/ } }`).join('\n');
    const before = performance.now();
    expect(hasOwnConstructor(made(`class extends Base { ${methods} }`))).toBe(false);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
