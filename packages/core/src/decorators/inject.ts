import { injectKey, type Token } from '../metadata/agent-metadata.js';

/**
 * Names what a constructor parameter takes, where its type is not a class: an interface, a string or a symbol token.
 *
 * @example
 * class Researcher { constructor(@Inject('search-index') private readonly index: SearchIndex) {} }
 */
export function Inject(token: Token): ParameterDecorator {
  return (target, _member, index) => {
    const tokens = new Map(injectKey.read(target));
    tokens.set(index, token);
    injectKey.write(target, tokens);
  };
}
