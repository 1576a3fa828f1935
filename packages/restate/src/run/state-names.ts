/** What the state of a run is called. Records that were written together stand under the position of the first. */
export const names = {
  summary: 'summary',
  /** How many requests the run has taken. */
  asked: 'asked',
  records: (first: number): string => `records/${first}`,
  /** The position under which records stand, if it is one. */
  firstOf: (name: string): number | undefined => {
    const [, first] = /^records\/(\d+)$/.exec(name) ?? [];
    return first === undefined ? undefined : Number(first);
  },
  request: (number: number): string => `request/${number}`,
  reply: (number: number): string => `reply/${number}`,
} as const;
