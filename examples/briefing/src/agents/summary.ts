import { Agent, DependsOn } from '@espalier/core';
import { Abstracts } from './abstracts.js';

/** A plain model agent: without `run`, its inputs are the prompt and the model's text is its output. */
@Agent({
  description: 'Says in a few sentences what the documents are about.',
  instructions: `Say in 4 sentences what these documents are about, for somebody who has not read them. Say nothing that
they don't say.`,
})
@DependsOn(Abstracts)
export class Summary {}
