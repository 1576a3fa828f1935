import { Agent } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { prove, told } from '../../../test/prove.js';

@Agent()
class Code {
  run(): string {
    return '';
  }
}

@Agent()
class Plain {}

@Agent({ model: 'very-smart' })
class Smart {}

describe('the model of an agent', () => {
  it('is asked of those only that use one', () => {
    expect(prove(Code, { models: [] })).toEqual([]);
    expect(prove(Plain, { models: ['default'] })).toEqual([]);
    expect(prove(Smart, { models: ['very-smart'] })).toEqual([]);
  });

  it('is registered', () => {
    expect(told(prove(Plain, { models: [] }))).toEqual([
      [
        'model-unknown',
        'Plain',
        "Plain uses the default model, 'default', but no model is registered.",
        'Write createEspalier({ models: { default: … } }), or a method run() in class Plain, if it is code.',
      ],
    ]);
    expect(told(prove(Smart, { models: ['small', 'default'] }))).toEqual([
      [
        'model-unknown',
        'Smart',
        "Smart uses the model 'very-smart', but 'default', 'small' are registered.",
        "Write createEspalier({ models: { 'very-smart': … } }), or @Agent({ model: 'default' }) above class Smart.",
      ],
    ]);
    expect(told(prove(Smart, { models: ['small'] }))[0]?.[2]).toBe(
      "Smart uses the model 'very-smart', but 'small' is registered.",
    );
  });
});
