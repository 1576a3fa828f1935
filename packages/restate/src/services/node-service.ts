import { type Context, service } from '@restatedev/restate-sdk';
import { makeAttempt, type Worker } from '../attempt/make-attempt.js';
import type { AttemptOrder } from '../wire.js';
import { nodeService } from './service-names.js';

/** What the service of nodes is made with. */
export interface NodeServiceOptions {
  readonly namespace: string;
  readonly inactivityTimeout: number;
  readonly abortTimeout: number;
}

/** The service that makes attempts of nodes, each in an invocation of its own. */
export function nodeServiceOf(worker: Worker, { namespace, ...times }: NodeServiceOptions) {
  return service({
    name: nodeService(namespace),
    handlers: {
      attempt: (context: Context, order: AttemptOrder) => makeAttempt(worker, context, order),
    },
    options: { ...times, explicitCancellation: true, ingressPrivate: true, onJournalMismatchErrors: 'fail' },
  });
}
