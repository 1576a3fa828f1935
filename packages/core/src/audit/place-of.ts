import type { AuditedPlace } from './audit.js';

/** What is put together record by record. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What an audited thing has of its first record. */
export const placeOf = ({ seq, time, node, attempt }: AuditedPlace): AuditedPlace => ({ seq, time, node, attempt });

/** What the records of one step have in common. */
export const stepKey = ({ node, attempt, step }: Pick<AuditedPlace, 'node' | 'attempt'> & { readonly step: string }) =>
  `${node}\n${attempt}\n${step}`;
