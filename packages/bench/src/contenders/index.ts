import type { ContenderInfo } from '../contender.js';

/** In the order of the table's columns. Each is loaded by itself, in a process of its own. */
export const contenders: readonly ContenderInfo[] = [
  {
    name: 'espalier',
    title: 'Espalier',
    packageName: '@espalier/core',
    isGraphEngine: true,
    load: async () => (await import('./espalier.js')).espalier,
  },
  {
    name: 'hand-written',
    title: 'hand-written',
    packageName: undefined,
    isGraphEngine: false,
    load: async () => (await import('./hand-written.js')).handWritten,
  },
  {
    name: 'effect',
    title: 'Effect',
    packageName: 'effect',
    isGraphEngine: false,
    load: async () => (await import('./effect.js')).effect,
  },
  {
    name: 'langgraph',
    title: 'LangGraph',
    packageName: '@langchain/langgraph',
    isGraphEngine: true,
    load: async () => (await import('./langgraph.js')).langGraph,
  },
  {
    name: 'strands',
    title: 'Strands',
    packageName: '@strands-agents/sdk',
    isGraphEngine: true,
    load: async () => (await import('./strands.js')).strands,
  },
];
