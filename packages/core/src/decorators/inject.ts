import { EspalierError } from '../errors/espalier-error.js';
import { injectKey, type Token } from '../metadata/agent-metadata.js';

/**
 * Names what a constructor parameter takes, where its type is not a class: an interface, a string or a symbol token.
 *
 * @example
 * class Researcher { constructor(@Inject('search-index') private readonly index: SearchIndex) {} }
 */
export function Inject(token: Token): (
  target: object,
  // What is wrong is a property's name: so the compiler says it in its first line.
  member: { readonly 'Only parameters of a constructor are injected': never } | undefined,
  index: number,
) => void {
  return (target, member, index) => {
    // In plain JavaScript it may stand at a method or a property: there nothing would inject it.
    if (member !== undefined || typeof index !== 'number') throw misplaced(target, member);
    const tokens = new Map(injectKey.read(target));
    tokens.set(index, token);
    injectKey.write(target, tokens);
  };
}

function misplaced(target: object, member: unknown): EspalierError {
  const className = typeof target === 'function' ? target.name : target.constructor.name;
  const place = member === undefined ? className : `${className}.${String(member)}`;
  return new EspalierError('option-invalid', `@Inject on ${place}: only parameters of a constructor are injected.`, {
    hint: `Write constructor(@Inject(TOKEN) readonly service: Service) {} in class ${className}.`,
    where: { class: place },
  });
}
