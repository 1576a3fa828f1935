import { defineWorkflow } from '@espalier/core';
import { Editor } from './agents/editor.js';
import { BriefingRequest } from './agents/request.js';

/**
 * The workflow: the Editor and all that it depends on. The output agent alone says what the graph is. The time limit is
 * for each agent that declares none, so that the worst case of a run has an end.
 */
export const briefingWorkflow = (concurrency: number) =>
  defineWorkflow({
    name: 'briefing',
    version: 1,
    input: BriefingRequest,
    output: Editor,
    concurrency,
    failFast: true,
    policies: { timeout: '5m' },
  });
