import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createEspalier, errorCodes, type Resolver, toMermaid } from '@espalier/core';
import { offline } from '@espalier/offline';
import { describe, expect, it } from '@jest/globals';
import { briefingWorkflow } from '../examples/briefing/src/workflow.js';
import { otherPages, pages, read, root } from './pages.js';

/** A page's relative links, code left out. */
function linksOf(page: string): readonly string[] {
  const prose = read(page)
    .replaceAll(/^\s*(`{3,})[\s\S]*?^\s*\1\s*$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
    .map(([, target]) => String(target))
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** Anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

function isDead(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

/** The fields of every event that are its own, by type, as the source declares them. */
function eventFields(): ReadonlyMap<string, readonly string[]> {
  const source = read('packages/core/src/events/event.ts');
  const found = new Map<string, readonly string[]>();
  for (const [, body = ''] of source.matchAll(/^export interface \w+Event extends \w+ \{\n([\s\S]*?)^\}/gm)) {
    const type = /readonly type: '([^']+)'/.exec(body)?.[1];
    if (type === undefined) throw new Error(`an event without a type: ${body}`);
    const fields = [...body.matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, field]) => String(field));
    const own = fields.filter((field) => field !== 'type').map((field) => `\`${field}\``);
    found.set(type, [`\`${type}\``, ...own]);
  }
  return found;
}

/** Names of an interface's members. */
function membersOf(name: string, file: string): readonly string[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(file))?.[1] ?? '';
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)[?(<:]/gm)].map(([, member]) => String(member));
}

/** Interfaces of users, where they are declared, and the pages that explain them. */
const documented: readonly (readonly [name: string, file: string, pages: readonly string[]])[] = [
  ['AgentOptions', 'metadata/agent-metadata', ['decorators']],
  ['ToolOptions', 'metadata/agent-metadata', ['decorators']],
  ['AsToolOptions', 'tools/as-tool', ['decorators']],
  ['ForEachOptions', 'decorators/for-each', ['decorators']],
  ['RepeatOptions', 'decorators/repeat', ['decorators']],
  ['RetryOptions', 'policies/retry', ['decorators']],
  ['BackoffOptions', 'policies/backoff', ['decorators']],
  ['ConcurrencyOptions', 'policies/concurrency', ['decorators']],
  ['RateLimitOptions', 'policies/rate-limit', ['decorators']],
  ['CircuitBreakerOptions', 'policies/circuit-breaker', ['decorators']],
  ['CacheOptions', 'policies/cache', ['decorators']],
  ['BudgetLimits', 'policies/budget', ['decorators']],
  ['RunContext', 'context/run-context', ['context']],
  ['GenerateOptions', 'context/run-context', ['context']],
  ['WaitOptions', 'context/run-context', ['context']],
  ['StepContext', 'context/run-context', ['context']],
  ['ToolContext', 'tools/tool-context', ['context']],
  ['EspalierOptions', 'runtime/espalier-options', ['espalier']],
  ['PolicyDefaults', 'policies/order', ['espalier']],
  ['WorkflowOptions', 'graph/workflow', ['espalier']],
  ['Espalier', 'runtime/espalier', ['espalier']],
  ['StartOptions', 'runtime/run', ['espalier']],
  ['DrainOptions', 'runtime/espalier', ['espalier']],
  ['SignalOptions', 'runtime/espalier', ['espalier']],
  ['Run', 'runtime/run', ['espalier']],
  ['RunOutcome', 'runtime/run-outcome', ['espalier']],
  ['RunUsage', 'runtime/run-outcome', ['espalier']],
  ['RunSummary', 'journal/journal', ['espalier']],
  ['WorkflowPlan', 'graph/plan', ['espalier']],
  ['PlanNode', 'graph/plan', ['espalier']],
  ['PlanEdge', 'graph/plan', ['espalier']],
];

describe('the pages of the docs', () => {
  it.each([...pages, ...otherPages])('have links that lead somewhere: %s', (page) => {
    expect(linksOf(page).filter((link) => isDead(page, link))).toEqual([]);
  });

  // After a change of the briefing's graph: `npm start` prints the new one.
  it('show the graph of the main job, in the README', async () => {
    const workflow = briefingWorkflow(1);
    const unmade: Resolver = { get: (token) => Object.create((token as { prototype: object }).prototype) };
    const options = { workflows: [workflow], models: { default: offline() }, resolver: unmade };
    const drawn = toMermaid((await createEspalier(options)).describe(workflow));

    expect(/```mermaid\n([\s\S]*?)```/.exec(read('README.md'))?.[1]).toBe(drawn);
  });

  it('name files of core that exist, in ARCHITECTURE.md', () => {
    const named = [...read('ARCHITECTURE.md').matchAll(/`([\w.-]+(?:\/[\w.-]+)+)\/?`/g)].map(([, path]) =>
      String(path),
    );
    const places = ['', 'packages/', 'packages/core/src/'];
    const gone = named.filter((path) => !places.some((place) => existsSync(join(root, place, path))));

    expect(named.length).toBeGreaterThan(20);
    expect(gone).toEqual([]);
  });

  it('explain every event with every field, and no other', () => {
    const page = read('docs/reference/events.md');
    const sections = new Map(
      page
        .split(/^### /m)
        .slice(1)
        .map((section) => [/`([^`]+)`/.exec(section)?.[1] ?? '', section]),
    );
    const events = eventFields();
    const missing = [...events].flatMap(([type, fields]) =>
      fields.filter((field) => sections.get(type)?.includes(field) !== true).map((field) => `${type}: ${field}`),
    );

    expect([...sections.keys()].sort()).toEqual([...events.keys()].sort());
    expect(missing).toEqual([]);
  });

  it.each(documented)('explain every member of %s', (name, file, pages) => {
    const text = pages.map((page) => read(`docs/reference/${page}.md`)).join('\n');
    const members = membersOf(name, `packages/core/src/${file}.ts`);

    expect(members.length).toBeGreaterThan(0);
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(text))).toEqual([]);
  });

  it('mention everything that core exports as a value', () => {
    const names = [...read('packages/core/src/index.ts').matchAll(/^export \{([^}]*)\}/gm)]
      .flatMap(([, list]) => String(list).split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    const text = pages
      .filter((page) => page.startsWith('docs/'))
      .map(read)
      .join('\n');

    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('name tests of the rules of execution that exist', () => {
    const page = read('docs/explanation/rules-of-execution.md');
    const tests = read('packages/core/test/rules-of-execution.test.ts');
    const named = [...page.matchAll(/^- Test: (.+)$/gm)].map(([, name]) => String(name));
    const missing = named.filter((name) => !tests.replaceAll("\\'", "'").includes(name));

    expect(missing).toEqual([]);
    expect(page.split(/^## \d+\. /m).slice(1)).toHaveLength(12);
    expect(
      page
        .split(/^## \d+\. /m)
        .slice(1)
        .filter((rule) => !rule.includes('- Test: ')),
    ).toEqual([]);
  });

  it('are all in the index', () => {
    const index = linksOf('docs/README.md').map((link) => `docs/${link}`);
    const left = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !index.includes(page));
    expect(left).toEqual([]);
  });

  it('explain every error code, and no other', () => {
    const page = read('docs/reference/errors.md');
    const entries = page.split(/^## /m).slice(1);
    const expected = Object.entries(errorCodes).map(
      ([code, { title, hint, retryable }]) =>
        `${code}\n\n${title}.\n\n- Retryable: ${retryable ? 'yes' : 'no'}\n- What to do: ${hint}`,
    );
    expect(entries.map((entry) => entry.trim())).toEqual(expected);
  });
});
