// Runs programs of the docs one after the other in this process, which has then loaded core once: `node run-blocks.mjs
// <result file> <module>…`. Writes what each printed, threw and left running, as JSON by module.
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const LONGEST = 30_000;
const [file, ...modules] = process.argv.slice(2);
const results = {};
let current;

const capture = (kind) => (chunk) => {
  current[kind] += chunk;
  return true;
};
process.stdout.write = capture('stdout');
process.stderr.write = capture('stderr');
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => {
    current.stderr += `${event}: ${error?.stack ?? error}\n`;
  });
}

/** A program that ends by itself leaves no timer, socket or the like. */
const leftRunning = () => process.getActiveResourcesInfo().filter((resource) => !/Pipe|TTY|FSReq/.test(resource));

async function run(module) {
  current = { stdout: '', stderr: '' };
  results[basename(module, '.js')] = current;
  const before = leftRunning().length;
  let timer;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, LONGEST, `did not end in ${LONGEST} ms`);
  });
  const fault = await Promise.race([
    import(pathToFileURL(module).href).then(
      () => undefined,
      (error) => error?.stack ?? String(error),
    ),
    tooLong,
  ]);
  clearTimeout(timer);
  await new Promise((resolve) => setImmediate(resolve));
  if (fault !== undefined) current.stderr += fault;
  const left = leftRunning();
  if (left.length > before) current.stderr += `left running: ${left.join(', ')}`;
}

for (const module of modules) await run(module);
writeFileSync(file, JSON.stringify(results));
process.exit();
