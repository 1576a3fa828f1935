import type { ContenderInfo } from '../contender.js';

/** In the order of the tables' columns. Each is loaded by itself, in a process of its own. */
export const contenders: readonly ContenderInfo[] = [
  {
    name: 'espalier',
    title: 'Espalier',
    packageName: '@espalier/core',
    isGraphEngine: true,
    load: async () => (await import('./espalier.js')).espalier,
    loadModel: async () => (await import('../model-contenders/espalier.js')).espalier,
    loadDurable: async () => (await import('../durable-contenders/espalier.js')).espalier,
  },
  {
    name: 'hand-written',
    title: 'hand-written',
    packageName: 'openai',
    isGraphEngine: false,
    load: async () => (await import('./hand-written.js')).handWritten,
    loadModel: async () => (await import('../model-contenders/hand-written.js')).handWritten,
    loadDurable: async () => (await import('../durable-contenders/hand-written.js')).handWritten,
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
    loadDurable: async () => (await import('../durable-contenders/langgraph.js')).langGraph,
  },
  {
    name: 'strands',
    title: 'Strands',
    packageName: '@strands-agents/sdk',
    isGraphEngine: true,
    load: async () => (await import('./strands.js')).strands,
    loadModel: async () => (await import('../model-contenders/strands.js')).strands,
  },
  {
    name: 'ai-sdk',
    title: 'AI SDK',
    packageName: 'ai',
    isGraphEngine: false,
    loadModel: async () => (await import('../model-contenders/ai-sdk.js')).aiSdk,
  },
  {
    name: 'openai-agents',
    title: 'OpenAI Agents',
    packageName: '@openai/agents',
    isGraphEngine: false,
    loadModel: async () => (await import('../model-contenders/openai-agents.js')).openaiAgents,
  },
  {
    name: 'mastra',
    title: 'Mastra',
    packageName: '@mastra/core',
    isGraphEngine: false,
    loadDurable: async () => (await import('../durable-contenders/mastra.js')).mastra,
  },
];
