/**
 * SQL for the key of a record: its run above, its `seq` below. For SQL only: from run 2,097,152 on it is too large for a
 * number of JavaScript. Bits are put together, not added up: drivers give whole numbers as floating ones.
 *
 * @param run the SQL of the id of a run's row, below 2^31
 * @param seq the SQL of a `seq`, below 2^32
 * @example recordKey('r.id', '?')
 */
export const recordKey = (run: string, seq: string): string => `(${run} << 32 | ${seq})`;

/** SQL for whether a record of table `x` is one of this run, and not before this `seq`. */
export const isFrom = (run: string, seq: string): string =>
  `x.id >= ${recordKey(run, seq)} AND x.id < ${recordKey(`(${run} + 1)`, '0')}`;
