import { Agent, DependsOn, When } from '@espalier/core';
import { sentencesOf } from '../documents/sentences.js';
import { Outline, type Outlined } from './outline.js';

/** What a document is about, in a sentence or a few. */
export interface Abstract {
  readonly document: string;
  readonly title: string;
  readonly text: string;
  /** From 1, for the document to read first, down to 0. */
  readonly importance: number;
}

/** So many documents, those to read first: they are about the whole, and the others about its parts. */
const documents = 8;
/** So many sentences in all, at least one for each document. */
const sentences = 10;

/**
 * Plain code: the first words of each digest, so that the summary is about the whole and not about details.
 * Without digests it is skipped, and the summary with it.
 */
@Agent({ description: 'Says in a sentence what each document is about.' })
@DependsOn(Outline)
@When(Outline, ({ digests }) => digests.length > 0)
export class Abstracts {
  run({ digests }: Outlined): readonly Abstract[] {
    const first = digests.slice(0, documents);
    const each = Math.ceil(sentences / first.length);
    return first.map(({ document, title, summary, points }, index) => {
      const said = [...sentencesOf(summary), ...points.map(({ statement }) => statement)];
      return {
        document,
        title,
        text: [...new Set(said)].slice(0, each).join(' '),
        importance: 1 - index / first.length,
      };
    });
  }
}
