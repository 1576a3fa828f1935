import { type Espalier, EspalierError, type RuntimeHost } from '@espalier/core';
import { nodeService, runService } from '../services/service-names.js';
import type { ServerClient } from './server-client.js';

/** What is looked at. */
export interface Patient {
  readonly ingress: ServerClient;
  readonly admin: ServerClient | undefined;
  readonly namespace: string;
  /** In milliseconds. */
  readonly longestAttempt: number;
  readonly host: RuntimeHost;
  readonly espalier: Pick<Espalier, 'describe'>;
}

/** Looks for the usual mistakes. @returns what it found: nothing, where all is well */
export async function examine(patient: Patient): Promise<readonly EspalierError[]> {
  const { ingress, admin, namespace } = patient;
  const looks = [look(() => ingress.call('GET', 'restate/health')), ...timesOf(patient)];
  if (admin !== undefined) {
    looks.push(look(() => versionOf(admin)));
    const services = [runService(namespace), nodeService(namespace)];
    looks.push(...services.map((service) => look(() => registered(admin, service))));
  }
  const found = (await Promise.all(looks)).filter((error) => error !== undefined);
  const messages = new Set<string>();
  return found.filter(({ message }) => !messages.has(message) && messages.add(message));
}

async function look(act: () => Promise<unknown>): Promise<EspalierError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (EspalierError.is(error)) return error;
    throw error;
  }
}

/** Whatever answers there: only an admin port says so. */
async function versionOf(admin: ServerClient): Promise<void> {
  const body = await admin.call('GET', 'version');
  const { version } = (typeof body === 'object' && body !== null ? body : {}) as { version?: unknown };
  if (typeof version !== 'string') throw admin.refused('version', { status: 200, body: 'no version' });
}

async function registered(admin: ServerClient, service: string): Promise<void> {
  const answer = await admin.ask('GET', `services/${service}`);
  if (answer.status < 300) return;
  if (answer.status !== 404) throw admin.refused(`services/${service}`, answer);
  throw new EspalierError('restate-unregistered', `The Restate server knows no service '${service}'.`, {
    hint: 'Register the address of a worker: engine.register(url). Its `namespace` has to be the same.',
    details: { service },
  });
}

/** Attempts that may take longer than Restate lets a worker be silent. */
function timesOf({ host, espalier, longestAttempt }: Patient): Promise<EspalierError | undefined>[] {
  return host.workflows.flatMap((workflow) =>
    espalier.describe(workflow).nodes.flatMap(({ name, policies }) => {
      const timeout = policies.find(({ kind }) => kind === 'timeout')?.options;
      const limit = limitOf(timeout);
      if (limit === undefined || limit <= longestAttempt) return [];
      const where = `node '${name}' of workflow '${workflow.name}'`;
      const error = new EspalierError(
        'restate-timeout-short',
        `An attempt of ${where} may take ${limit} ms, and restate({ longestAttempt }) is ${longestAttempt} ms.`,
        { hint: 'Give restate({ longestAttempt }) more than the longest @Timeout.', where: { node: name } },
      );
      return [Promise.resolve(error)];
    }),
  );
}

function limitOf(options: unknown): number | undefined {
  const { duration } = (typeof options === 'object' && options !== null ? options : {}) as { duration?: unknown };
  return typeof duration === 'number' ? duration : undefined;
}
