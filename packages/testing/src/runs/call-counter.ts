import type { ChatModel, EspalierOptions } from '@espalier/core';
import { isClockUser, streamOf } from '../faults/faults.js';

type Models = NonNullable<EspalierOptions['models']>;

/**
 * Counts the open calls of models that take real time, such as a provider while a cassette is recorded: virtual time must
 * stand still meanwhile, or it would run out.
 */
export class CallCounter {
  open = 0;

  /** The same models, counted. Those that live in virtual time are left as they are. */
  watch(models: Models): Models {
    return Object.fromEntries(
      Object.entries(models).map(([name, one]) => [
        name,
        'generate' in one ? this.#counted(one) : { ...one, models: one.models.map((model) => this.#counted(model)) },
      ]),
    );
  }

  #counted(model: ChatModel): ChatModel {
    if (isClockUser(model)) return model;
    const self = this;
    return {
      name: model.name,
      ...(model.checkSchema === undefined ? {} : { checkSchema: model.checkSchema.bind(model) }),
      async generate(request, options) {
        self.open += 1;
        try {
          return await model.generate(request, options);
        } finally {
          self.open -= 1;
        }
      },
      async *stream(request, options) {
        const chunks = streamOf(model, request, options);
        try {
          for (;;) {
            self.open += 1; // only while the model is asked: its reader may wait for virtual time
            const { done, value } = await chunks.next().finally(() => {
              self.open -= 1;
            });
            if (done === true) return;
            yield value;
          }
        } finally {
          await chunks.return(undefined);
        }
      },
    };
  }
}
