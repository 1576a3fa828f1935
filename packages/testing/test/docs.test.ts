import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Names of an interface's members. */
function membersOf(name: string, file: string): readonly string[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(file))?.[1] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(<:]/gm)].map(([, member]) => String(member));
}

describe('docs/how-to/test-agents.md', () => {
  it('shows parts of the files in test/guide, which are run', () => {
    const page = read('docs/how-to/test-agents.md');
    const blocks = [...page.matchAll(/^```ts fragment\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block).trim());
    const files = ['forecast.ts', 'forecast.test.ts'].map((file) => read(`packages/testing/test/guide/${file}`));
    const parts = blocks.flatMap((block) =>
      block.startsWith('import { Agent') ? [block] : block.split(/\n\n(?=it\()/),
    );

    expect(blocks).toHaveLength(5);
    expect(parts.filter((part) => !files.some((file) => file.includes(part)))).toEqual([]);
  });
});

describe('docs/reference/testing.md', () => {
  const page = read('docs/reference/testing.md');

  it.each([
    ['TestWorkflowOptions', 'runs/test-workflow'],
    ['TestWorkflow', 'runs/test-workflow'],
    ['VirtualRunOptions', 'runs/run-virtually'],
    ['TestRun', 'runs/run-virtually'],
    ['AutoAdvanceOptions', 'runs/auto-advance'],
    ['ScriptedAnswer', 'script/answer'],
    ['ScriptedCall', 'script/answer'],
    ['ScriptedModelOptions', 'script/scripted-model'],
    ['RequestPattern', 'script/request-matcher'],
    ['HttpErrorOptions', 'faults/http-faults'],
    ['ConnectionCutOptions', 'faults/stream-faults'],
    ['SlowTokensOptions', 'faults/stream-faults'],
    ['CassetteOptions', 'cassette/cassette'],
    ['RedactOptions', 'cassette/redactor'],
    ['SuiteOptions', 'conformance/register-suite'],
    ['JournalConformanceOptions', 'journal-conformance/journal-conformance'],
    ['ThreadStoreConformanceOptions', 'thread-conformance/thread-store-conformance'],
    ['RunMatchers', 'matchers/run-matchers'],
    ['SpendingLimits', 'matchers/run-matchers'],
  ])('explains every member of %s', (name, file) => {
    const members = membersOf(name, `packages/testing/src/${file}.ts`);
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(page))).toEqual([]);
  });

  it('mentions everything that the package exports as a value, with the pages of the provider server', () => {
    const pages = [page, read('docs/reference/provider-server.md'), read('docs/how-to/test-a-chat-model.md')].join(
      '\n',
    );
    const names = [...read('packages/testing/src/index.ts').matchAll(/^export \{([^}]*)\}/gm)]
      .flatMap(([, list]) => String(list).split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
  });
});
