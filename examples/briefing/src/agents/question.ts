import { Agent } from '@espalier/core';
import type { BriefingRequest } from './request.js';

/** Plain code: what is asked, if anything is. `@When` looks at the output of an agent, so this is one. */
@Agent({ description: 'Says what is asked.' })
export class Question {
  run({ question }: BriefingRequest): string | null {
    return question?.replace(/\s+/g, ' ').trim() ?? null;
  }
}
