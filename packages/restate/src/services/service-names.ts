/** The workflow service that holds runs, keyed by run id. */
export const runService = (namespace: string): string => `${namespace}.runs`;

/** The service that makes attempts of nodes. */
export const nodeService = (namespace: string): string => `${namespace}.nodes`;

export const ATTEMPT = 'attempt';
