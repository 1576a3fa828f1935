import type { Desk } from '../desk.js';
import { openQuestion } from '../history.js';
import { questionText } from './question-text.js';

/** What waits for a person, in all runs of the file. */
export async function listQuestions({ espalier }: Desk): Promise<string> {
  const texts: string[] = [];
  for (const { runId } of await espalier.list({ ended: false })) {
    const question = openQuestion(await espalier.history(runId));
    if (question !== undefined) texts.push(questionText(runId, question.request));
  }
  return texts.length === 0 ? 'Nothing waits.' : texts.join('\n\n');
}
