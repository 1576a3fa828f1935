/** Which way imports may point. Imports of types alone vanish when compiled and do not count. */
const core = '^packages/core/src/';
const rooms = (...names) => `${core}(${names.join('|')})/`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'Two files that need each other are one idea, or miss a third.', {}, { circular: true }),
    forbid('no-unresolved', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
    forbid(
      'core-stands-alone',
      'core knows no other package of ours.',
      { path: core, pathNot: '\\.test\\.ts$' },
      {
        path: ['^packages/', '^examples/', '^@espalier/', 'node_modules/@espalier/'],
        pathNot: core,
      },
    ),
    forbid(
      'adapters-use-core-only',
      'An adapter knows core and its own library.',
      { path: '^packages/(?!core/|bench/)([^/]+)/src/', pathNot: '\\.test\\.ts$' },
      {
        path: ['^packages/', '^examples/'],
        pathNot: ['^packages/$1/', '^packages/core/(src|dist)/index\\.(d\\.)?[jt]s$'],
      },
    ),
    forbid(
      'no-deep-imports',
      'Other packages are used through their index.',
      { path: '^packages/([^/]+)/src/' },
      {
        path: '^packages/[^/]+/(src|dist)/',
        pathNot: ['^packages/$1/', '^packages/[^/]+/(src|dist)/index\\.(d\\.)?[jt]s$'],
      },
    ),
    forbid(
      'foundations-do-not-run',
      'Declarations, ports and policies know nothing of how they are run.',
      {
        path: rooms('errors', 'clock', 'schema', 'model', 'journal', 'events', 'policies', 'metadata', 'decorators'),
        pathNot: '\\.test\\.ts$',
      },
      { path: rooms('execution', 'runtime', 'boot') },
    ),
    forbid(
      'graph-does-not-run',
      'The proof needs nothing that runs.',
      {
        path: rooms('graph'),
        pathNot: '\\.test\\.ts$',
      },
      { path: rooms('runtime', 'execution', 'boot') },
    ),
    forbid(
      'no-index-inside-core',
      'The index is for users: inside, import the file.',
      {
        path: core,
        pathNot: '\\.test\\.ts$',
      },
      { path: `${core}index\\.ts$` },
    ),
    forbid(
      'no-rxjs-barrel-in-core',
      "rxjs' barrel costs 55 ms of cold start: import from rxjs/internal.",
      {
        path: core,
        pathNot: '\\.test\\.ts$',
      },
      { path: 'node_modules/rxjs/(?!.*internal)' },
    ),
    forbid(
      'no-node-in-core',
      'core runs on any platform.',
      { path: core, pathNot: '\\.test\\.ts$' },
      {
        dependencyTypes: ['core'],
      },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: 'packages/core/test/types/fixtures' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
