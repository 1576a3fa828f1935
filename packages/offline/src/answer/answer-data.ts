import { type ChatSettings, EspalierError, type JsonSchema } from '@espalier/core';
import { fillSchema } from '../fill/fill.js';
import type { Reading } from '../reading/conversation.js';
import type { Material } from '../reading/material.js';
import type { TextAnswer } from './answer-text.js';

/** How many different answers are given to one schema before it says that there are no more. */
const attempts = 3;
const amounts = [1, 0.5, 0.25, 0.01];

/**
 * Answers in JSON that fits the schema, shorter where `maxOutputTokens` asks for it. A refused answer is answered with other
 * candidates at the paths that the refusal names.
 *
 * @throws model-output-invalid when the answer was refused three times: there is no other (retryable: no)
 */
export function answerData(
  schema: JsonSchema,
  material: Material,
  reading: Reading,
  settings: ChatSettings = {},
): TextAnswer {
  if (reading.refused.times >= attempts)
    throw new EspalierError(
      'model-output-invalid',
      `The offline model has given ${attempts} different answers, and all were refused.`,
      {
        hint: 'It extracts and cannot reason: loosen what the schema does not say, or use a language model.',
        details: { paths: reading.refused.paths },
        retryable: false,
      },
    );
  const task = `${reading.instructions}\n${reading.task}`;
  const most = settings.maxOutputTokens === undefined ? Number.POSITIVE_INFINITY : settings.maxOutputTokens * 4;
  let text = '';
  for (const amount of amounts) {
    text = JSON.stringify(fillSchema(schema, material, { task, amount, refused: reading.refused }));
    if (text.length <= most) return { text, cut: false };
  }
  return { text, cut: true };
}
