import { defineWorkflow } from '@espalier/core';
import { Editor } from './agents/editor.js';
import { BriefingRequest } from './agents/request.js';

/** The workflow: the Editor and all that it depends on. The output agent alone says what the graph is. */
export const briefingWorkflow = (concurrency: number) =>
  defineWorkflow({ name: 'briefing', version: 1, input: BriefingRequest, output: Editor, concurrency, failFast: true });
