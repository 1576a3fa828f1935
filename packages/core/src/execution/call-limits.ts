import { EspalierError } from '../errors/espalier-error.js';

/** An attempt asked for one model call more than its agent declares. */
export const modelCallsExceeded = (node: string, max: number): EspalierError =>
  new EspalierError(
    'model-calls-exceeded',
    `Node '${node}' made ${max} model calls in one attempt and asked for another.`,
    { hint: `Write @Agent({ maxModelCalls: ${max * 2} }), or ask less often.`, where: { node } },
  );

/** The model asked for one tool call more than its agent declares. */
export const toolCallsExceeded = (node: string, max: number): EspalierError =>
  new EspalierError(
    'tool-calls-exceeded',
    `The model of node '${node}' made ${max} tool calls in one attempt and asked for another.`,
    { hint: `Write @Agent({ maxToolCalls: ${max * 2} }), or give the model less to do.`, where: { node } },
  );
