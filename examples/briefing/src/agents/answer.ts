import {
  Agent,
  DependsOn,
  Repeat,
  Retry,
  type RunContext,
  Timeout,
  Tool,
  type ToolContext,
  When,
} from '@espalier/core';
import { IsString, MaxLength } from 'class-validator';
import { type Checked, checkQuotes } from '../documents/check-quotes.js';
import { type Passage, PassageIndex } from '../documents/passage-index.js';
import { CitedPoints, corrections } from './cited-points.js';
import { type Documents, Library } from './library.js';
import { Question } from './question.js';

export class SearchQuery {
  /** The words to look for. */
  @IsString()
  @MaxLength(300)
  query!: string;
}

/** A model agent with a tool: it searches the documents before it answers. Skipped when nothing is asked. */
@Agent({
  description: 'Answers the question from the documents.',
  instructions: `You answer questions from documents. Search them first. Answer with statements, each with the path of its
document and a quote, copied from there word for word. If the documents do not answer the question, give no statement.`,
  maxModelCalls: 8,
})
@DependsOn(Question, Library)
@When(Question, (question) => question !== null)
@Repeat({ until: (checked: Checked) => checked.wrong.length === 0, max: 3, otherwise: 'keep-last' })
@Retry(3)
@Timeout('3m')
export class Answer {
  constructor(private readonly index: PassageIndex) {}

  @Tool('Search the documents for passages that speak of something')
  search({ query }: SearchQuery, { runId }: ToolContext): readonly Passage[] {
    return this.index.search(runId, query);
  }

  async run(question: string | null, { documents }: Documents, ctx: RunContext): Promise<Checked> {
    const before = ctx.previous as Checked | undefined;
    this.index.open(ctx.runId, documents);
    try {
      const task = `Search the documents and answer this question in up to 5 points.\n\nQuestion: ${question}`;
      const draft = await ctx.generate(CitedPoints, [task, corrections(before?.wrong)].join('\n\n'));
      return checkQuotes(draft.points, documents);
    } finally {
      this.index.close(ctx.runId);
    }
  }
}
