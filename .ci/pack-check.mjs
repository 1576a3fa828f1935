// Packs every published package, installs the tarballs together in an empty project, and uses them from there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = resolve(root, 'node_modules/.bin/node');
const compiler = resolve(root, 'node_modules/@typescript/native/bin/tsc');
const project = mkdtempSync(join(tmpdir(), 'espalier-pack-'));
const problems = [];

const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function published() {
  return readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
}

function pack({ folder, manifest }) {
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project], folder));
  // npm lists tarballs in an array, or by package name, depending on its version.
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const paths = files.map((file) => file.path);
  const wanted = ['README.md', 'LICENSE', manifest.types, manifest.main].map((path) => path.replace(/^\.\//, ''));
  for (const path of wanted) if (!paths.includes(path)) problems.push(`${manifest.name}: the package lacks ${path}`);
  for (const path of paths) {
    if (/\.test\.|\.tsbuildinfo$/.test(path)) problems.push(`${manifest.name}: ${path} does not belong in the package`);
  }
  return { name: manifest.name, tarball: join(project, filename), files: paths.length };
}

/** The names that a package exports, as a program in the empty project sees them. */
function names(kind, source) {
  try {
    const printed = run(node, [`--input-type=${kind}`, '--eval', source], project);
    return printed.trim();
  } catch (error) {
    problems.push(`${source}: ${error.stderr || error.message}`);
    return undefined;
  }
}

function use(name) {
  const print = 'console.log(JSON.stringify(Object.keys(found).filter((key) => key !== "__esModule").sort()))';
  const imported = names('module', `import * as found from '${name}'; ${print}`);
  const required = names('commonjs', `const found = require('${name}'); ${print}`);
  if (imported === '[]') problems.push(`${name}: exports nothing`);
  if (imported !== required) problems.push(`${name}: import gives ${imported}, require gives ${required}`);
  return imported === undefined ? 0 : JSON.parse(imported).length;
}

/**
 * The declarations of a package, as a strict project without Node's types sees them: every file that they name is
 * there, and fits. Each on its own, because a package that brings Node's types would hide that another lacks them.
 */
function checkTypes({ name }) {
  writeFileSync(join(project, 'use.mts'), `export * as used from '${name}';\n`);
  const compilerOptions = { module: 'NodeNext', target: 'ES2023', strict: true, noEmit: true, types: [] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
  try {
    run(node, [compiler, '-p', '.', '--pretty', 'false'], project);
  } catch (error) {
    // Faults of other people's declarations are theirs.
    const isTheirs = (line) => /^(?:\s|$|node_modules\/(?!@espalier\/))/.test(line);
    problems.push(...error.stdout.split('\n').filter((line) => !isTheirs(line)));
  }
}

async function lint(name) {
  const pkgDir = join(project, 'node_modules', name);
  const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
  for (const message of messages) {
    const text = formatMessage(message, pkg, { color: false });
    if (message.type === 'suggestion') console.log(`${name}: publint suggests: ${text}`);
    else problems.push(`${name}: publint: ${text}`);
  }
}

try {
  const packages = published().map(pack);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  const tarballs = packages.map(({ tarball }) => tarball);
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], project);
  for (const { name, files } of packages) {
    await lint(name);
    console.log(`${name}: ${files} files, ${use(name)} exports`);
  }
  for (const one of packages) checkTypes(one);
} catch (error) {
  problems.push(error.stderr || error.stack);
} finally {
  rmSync(project, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
