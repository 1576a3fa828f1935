import {
  type ChatModel,
  type ChatRequest,
  type ChatResponse,
  createEspalier,
  type Event,
  textOf,
  VirtualClock,
} from '@espalier/core';
import { offline } from '@espalier/offline';
import { describe, expect, it } from '@jest/globals';
import { DocumentFolder, type FolderListing } from '../src/documents/document-folder.js';
import { PassageIndex } from '../src/documents/passage-index.js';
import type { FileEntry } from '../src/documents/source-document.js';
import type { Briefing } from '../src/report/briefing.js';
import { briefingWorkflow } from '../src/workflow.js';

const tides = `# Tides

Tides turn twice a day on most coasts. A tidal barrage stores water behind a dam and turns turbines.
`;
const wind = `# Wind

Wind parks stand off the coast, where the wind is strong. A wind park costs less than a tidal barrage.
`;

/** Documents in memory; a path of `busy` fails so many times before it can be read. */
class FolderInMemory extends DocumentFolder {
  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly busy: Record<string, number> = {},
  ) {
    super();
  }

  override list(): Promise<FolderListing> {
    const files = Object.entries(this.files).map(([path, { length }]) => ({ path, bytes: length }));
    return Promise.resolve({ files, leftOut: [] });
  }

  override read(_folder: string, { path }: FileEntry): Promise<Uint8Array> {
    const left = this.busy[path] ?? 0;
    this.busy[path] = left - 1;
    if (left > 0) return Promise.reject(Object.assign(new Error('EBUSY: resource busy'), { code: 'EBUSY' }));
    return Promise.resolve(new TextEncoder().encode(this.files[path]));
  }
}

interface Briefed {
  readonly briefing: Briefing;
  readonly events: readonly Event[];
}

async function brief(folder: DocumentFolder, model: ChatModel = offline(), question?: string): Promise<Briefed> {
  const clock = new VirtualClock();
  const workflow = briefingWorkflow(4);
  const providers = [{ provide: DocumentFolder, useValue: folder }, PassageIndex];
  const espalier = await createEspalier({ workflows: [workflow], providers, models: { default: model }, clock });
  const bounds = { maxFiles: 100, maxFileBytes: 1e6, maxTotalBytes: 1e7 };
  const run = espalier.start(workflow, { folder: '/docs', ...bounds, ...(question === undefined ? {} : { question }) });
  const events: Event[] = [];
  run.events$.subscribe((event) => events.push(event));
  let over = false;
  const outcome = run.outcome.finally(() => {
    over = true;
  });
  while (!over) {
    await clock.advance('20ms');
    await new Promise((next) => setImmediate(next));
  }
  const { output, error } = await outcome;
  if (output === undefined) throw error;
  return { briefing: output, events };
}

/** The offline model, with some of its answers changed. `change` gives the text to answer with instead. */
function changed(change: (request: ChatRequest, text: string) => string): ChatModel {
  const model = offline();
  return {
    name: 'changed',
    async generate(request, options): Promise<ChatResponse> {
      const response = await model.generate(request, options);
      const text = change(request, textOf(response.message));
      return { ...response, message: { role: 'assistant', content: [{ type: 'text', text }] } };
    },
  };
}

const misquoted = (text: string): string => text.replace('"quote":"Tides turn twice', '"quote":"Tides turn once');

const asked = (request: ChatRequest): string => JSON.stringify(request.messages);
const isForKeyPoints = (request: ChatRequest): boolean =>
  outputName(request) === 'CitedPoints' && asked(request).includes('most important points');
const outputName = ({ output }: ChatRequest): string | undefined => output?.name;

describe('the workflow', () => {
  it('has an end, also in the worst case', async () => {
    const workflow = briefingWorkflow(4);
    const providers = [DocumentFolder, PassageIndex];
    const espalier = await createEspalier({ workflows: [workflow], providers, models: { default: offline() } });
    const plan = espalier.describe(workflow);
    expect(plan.unbounded).toEqual([]);
    expect(Number.isFinite(plan.worstCase.wallTime)).toBe(true);
    expect(plan.nodes.filter(({ usesModel }) => usesModel).map(({ name }) => name)).toEqual([
      'digest',
      'summary',
      'answer',
      'key-points',
    ]);
  });
});

describe('the agents', () => {
  it('read a busy file again (@Retry), and leave it out when it stays busy (@Fallback)', async () => {
    const files = { 'tides.md': tides, 'wind.md': wind, 'stuck.md': '# Stuck' };
    const { briefing, events } = await brief(new FolderInMemory(files, { 'wind.md': 2, 'stuck.md': 99 }));
    expect(briefing.documents.map(({ path }) => path)).toEqual(['tides.md', 'wind.md']);
    expect(briefing.leftOut).toEqual([{ what: 'stuck.md', why: 'it could not be read, also when tried again' }]);
    const retries = events.filter(({ type }) => type === 'node-retry');
    expect(retries).toHaveLength(4);
    expect(events.filter(({ type }) => type === 'node-fallback')).toMatchObject([
      { node: 'read[2]', fallback: 'give-up' },
    ]);
  });

  it('use the opening lines where the model fails for one document (@Fallback)', async () => {
    const model = changed((request, text) => {
      if (outputName(request) === 'DigestDraft' && asked(request).includes('# Wind')) throw new Error('overloaded');
      return text;
    });
    const { briefing, events } = await brief(new FolderInMemory({ 'tides.md': tides, 'wind.md': wind }), model);
    expect(events.filter(({ type }) => type === 'node-fallback')).toMatchObject([{ fallback: 'opening-lines' }]);
    expect(briefing.documents[1]).toMatchObject({ about: 'Wind parks stand off the coast, where the wind is strong.' });
    expect(briefing.leftOut).toEqual([
      { what: 'wind.md', why: 'the model made no digest of it: only its first paragraph is used' },
    ]);
  });

  it('ask again, naming the quotes that stand nowhere, until all do (@Repeat)', async () => {
    const tasks: string[] = [];
    const model = changed((request, text) => {
      if (!isForKeyPoints(request)) return text;
      tasks.push(asked(request));
      return tasks.length === 1 ? misquoted(text) : text;
    });
    const { briefing, events } = await brief(new FolderInMemory({ 'tides.md': tides }), model);
    expect(tasks).toHaveLength(2);
    expect(tasks[0]).not.toContain('do not stand in their documents');
    expect(tasks[1]).toContain('do not stand in their documents');
    expect(events.some((event) => event.type === 'node-start' && event.node === 'key-points@2')).toBe(true);
    expect(briefing.droppedQuotes).toBe(0);
    expect(briefing.sources.map(({ quote }) => quote)).toContain('Tides turn twice a day on most coasts.');
  });

  it('drop a quote that the model insists on', async () => {
    const model = changed((request, text) => (isForKeyPoints(request) ? misquoted(text) : text));
    const { briefing } = await brief(new FolderInMemory({ 'tides.md': tides }), model);
    expect(briefing.droppedQuotes).toBe(1);
    expect(JSON.stringify(briefing)).not.toContain('once a day');
  });

  it('recommend pages to look things up in after pages to read, however many link to them', async () => {
    const link = 'An error has a [number](reference/errors.md).';
    const files = {
      'README.md': `# Sea\n\nThe sea is described in these pages, as the [wind](wind.md) is. ${link}`,
      'reference/errors.md': '# Errors\n\nAn error of the gauge is told with its number.',
      'tides.md': `${tides}\n${link}`,
      'wind.md': `${wind}\n${link}`,
    };
    const { briefing } = await brief(new FolderInMemory(files));
    expect(briefing.readFirst.map(({ path }) => path)).toEqual(['README.md', 'wind.md', 'reference/errors.md']);
  });

  it('say nothing twice: key points leave out what the summary says', async () => {
    const pages = ['tides', 'wind', 'waves', 'salt', 'ice', 'fog', 'rain', 'sand'];
    const files = Object.fromEntries(
      pages.map((page) => [
        `${page}.md`,
        `# The ${page}\n\nThe ${page} is one subject of this coast. Boats of ${page} keepers leave at ${page} hour every day.`,
      ]),
    );
    const { briefing } = await brief(new FolderInMemory(files));
    const told = briefing.summary.map(({ citation }) => citation);
    expect(told.length).toBeGreaterThan(0);
    expect(briefing.keyPoints.length).toBeGreaterThan(2);
    for (const { citation } of briefing.keyPoints) expect(told).not.toContain(citation);
  });

  it('search before they answer (@Tool), and only when something is asked (@When)', async () => {
    const folder = () => new FolderInMemory({ 'tides.md': tides, 'wind.md': wind });
    const { briefing, events } = await brief(folder(), offline(), 'What does a tidal barrage store?');
    expect(events.filter(({ type }) => type === 'tool-start')).toMatchObject([{ node: 'answer@1', tool: 'search' }]);
    expect(briefing.answer?.[0]?.statement).toContain('A tidal barrage stores water behind a dam');
    const without = await brief(folder());
    expect(without.briefing.answer).toBeUndefined();
    expect(without.events.some((event) => event.type === 'node-skip' && event.node === 'answer')).toBe(true);
  });
});
