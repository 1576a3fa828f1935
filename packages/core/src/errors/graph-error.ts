import type { ErrorCode } from './codes.js';
import { type ErrorWhere, EspalierError } from './espalier-error.js';

/** One thing that is wrong with a graph, found before anything runs. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly where: ErrorWhere;
}

/** All faults of the graphs that were given to `createEspalier`, thrown together. Prints as a list. */
export class GraphError extends EspalierError {
  override readonly name = 'GraphError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('graph-invalid', format(faults), { details: faults });
    this.faults = faults;
  }
}

function format(faults: readonly Fault[]): string {
  const lines = faults.map((fault, index) => {
    const place = [fault.where.class, fault.where.file].filter(Boolean).join(' at ');
    return `  ${index + 1}. ${fault.code}${place === '' ? '' : ` (${place})`}\n     ${fault.message}\n     → ${fault.hint}`;
  });
  return `The graph is not sound: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.\n${lines.join('\n')}`;
}
