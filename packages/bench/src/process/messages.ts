/** What the bench asks of a process that holds one contender in one scenario. */
export type Request =
  | { readonly type: 'prepare'; readonly scenario: string; readonly entrant: string; readonly quick: boolean }
  | { readonly type: 'sample' };

export type Reply =
  | { readonly type: 'prepared'; readonly remark: string | undefined }
  | { readonly type: 'sampled'; readonly value: number }
  | { readonly type: 'unable'; readonly reason: string }
  | { readonly type: 'broken'; readonly message: string };

/** The name of a scenario's baseline, where one asks for contenders. */
export const baselineName = 'baseline';
