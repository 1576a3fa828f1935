import {
  type Answer,
  type Clock,
  EspalierError,
  type Journal,
  type JournalRecord,
  type Lease,
  type NodeResumeEvent,
  type RunFilter,
  type RunReply,
  type RunRequest,
  type RunRequests,
  type RunSummary,
} from '@espalier/core';
import { names } from '../run/state-names.js';
import { runService } from '../services/service-names.js';
import type { AskReply, KeptSummary, RecordPage, TimedRequest } from '../wire.js';
import { listed } from './listed.js';
import type { ServerClient } from './server-client.js';

/** How often a follower looks for new records, in milliseconds: less and less often, while there are none. */
const SHORTEST = 25;
const LONGEST = 1000;

/** The runs of a Restate server, as any process sees them. What they are asked for, their invocations do. */
export class RemoteJournal implements Journal {
  readonly requests: RunRequests;
  readonly #ingress: ServerClient;
  readonly #admin: ServerClient | undefined;
  readonly #service: string;
  readonly #clock: Clock;
  readonly #replies = new Map<string, Promise<AskReply>>();
  /** Runs that were asked for here, and that may not have begun yet. */
  readonly #expected = new Set<string>();
  #asked = 0;

  constructor(ingress: ServerClient, admin: ServerClient | undefined, namespace: string, clock: Clock) {
    this.#ingress = ingress;
    this.#admin = admin;
    this.#service = runService(namespace);
    this.#clock = clock;
    this.requests = {
      post: (runId, request) => this.#post(runId, request),
      onRequest: () => () => {},
      reply: () => {},
      onReply: (id, listener) => this.#onReply(id, listener),
      withdraw: (id) => {
        this.#replies.delete(id);
      },
    };
  }

  /** The run is about to begin: until then, it has no records. @returns what ends that */
  expect(runId: string): () => void {
    this.#expected.add(runId);
    return () => this.#expected.delete(runId);
  }

  async find(runId: string): Promise<RunSummary | undefined> {
    const kept = (await this.#call(runId, 'find')) as KeptSummary | null;
    return kept === null ? undefined : summaryOf(kept);
  }

  async read(runId: string, from = 0): Promise<readonly JournalRecord[]> {
    const records: JournalRecord[] = [];
    for (let next = Math.max(0, from); ; ) {
      const page = await this.#page(runId, next, from === 0 ? 'history' : 'read');
      records.push(...page);
      if (page.length === 0 || page.at(-1)?.type === 'run-end') return records;
      next = (page.at(-1) as JournalRecord).seq + 1;
    }
  }

  async list(filter: RunFilter = {}): Promise<readonly RunSummary[]> {
    if (this.#admin === undefined) {
      throw new EspalierError(
        'option-invalid',
        'list: restate({ admin }) is not given, expected the URL of the admin port.',
        {
          hint: "Runs are listed by the server's own tables: restate({ ingress, admin: 'http://…:9070' }).",
        },
      );
    }
    const query = `SELECT value_utf8 FROM state WHERE service_name = '${this.#service}' AND key = '${names.summary}'`;
    const { rows } = (await this.#admin.call('POST', 'query', { query })) as { rows: { value_utf8: string }[] };
    return listed(
      rows.map(({ value_utf8 }) => summaryOf(JSON.parse(value_utf8) as KeptSummary)),
      filter,
    );
  }

  onAppend(_runId: string, listener: () => void): () => void {
    let pause = SHORTEST;
    let cancel = (): void => {};
    const look = (): void => {
      listener();
      pause = Math.min(LONGEST, pause * 1.5);
      cancel = this.#clock.setTimer(pause, look);
    };
    cancel = this.#clock.setTimer(pause, look);
    return () => cancel();
  }

  /** Only of a run that has ended: then nothing is appended any more. */
  async acquire(runId: string, owner: string): Promise<Lease> {
    const run = await this.find(runId);
    if (run === undefined) throw unknown(runId);
    if (!run.ended) {
      throw new EspalierError('run-owned', `Run '${runId}' is held by its invocation.`, { where: { runId } });
    }
    return { runId, owner, token: 0 };
  }

  release(): void {}

  create = heldElsewhere;
  append = heldElsewhere;
  rest = heldElsewhere;
  answer = heldElsewhere;

  /** As its records have it: while a run goes on, it is asked itself. */
  async answered(runId: string, node: string, step: string): Promise<Answer | undefined> {
    const resumed = (await this.read(runId)).find(
      (record): record is NodeResumeEvent =>
        record.type === 'node-resume' && record.node === node && record.step === step,
    );
    if (resumed === undefined) return undefined;
    const { value, by, error } = resumed;
    return {
      ...{ node, step, value },
      ...(by === undefined ? {} : { by }),
      ...(error === undefined ? {} : { timedOut: true as const }),
    };
  }

  onAnswer(): () => void {
    return () => {};
  }

  async #page(runId: string, from: number, handler: 'read' | 'history'): Promise<readonly JournalRecord[]> {
    const page = (await this.#call(runId, handler, from)) as RecordPage;
    if (page.unknown === true && !this.#expected.has(runId)) throw unknown(runId);
    if (page.records.length > 0) this.#expected.delete(runId);
    return page.records;
  }

  #post(runId: string, request: RunRequest): string {
    this.#asked += 1;
    const id = `${runId}/${this.#asked}`;
    const asked: TimedRequest = { request, time: this.#clock.now() };
    const reply = this.#call(runId, 'ask', asked) as Promise<AskReply>;
    reply.catch(() => {}); // whoever waits for it gets it
    this.#replies.set(id, reply);
    return id;
  }

  #onReply(id: string, listener: (reply: RunReply) => void): () => void {
    let wanted = true;
    const tell = (reply: RunReply): void => {
      if (wanted) listener(reply);
    };
    const take = (reply: AskReply): void => {
      if (!('over' in reply)) tell(reply); // or whoever asks finds by itself that nobody holds the run
    };
    this.#replies.get(id)?.then(take, (error: unknown) => {
      tell({ error: (EspalierError.is(error) ? error : new EspalierError('restate-refused', String(error))).toJSON() });
    });
    return () => {
      wanted = false;
    };
  }

  #call(runId: string, handler: string, body?: unknown): Promise<unknown> {
    return this.#ingress.call('POST', `${this.#service}/${encodeURIComponent(runId)}/${handler}`, body);
  }
}

const summaryOf = (kept: KeptSummary): RunSummary => {
  const ended = kept.status !== undefined;
  return { ...kept, ended, owned: !ended };
};

const unknown = (runId: string): EspalierError =>
  new EspalierError('run-unknown', `There is no run '${runId}' on this Restate server.`, {
    hint: 'Runs that have ended are kept for the `retention` of restate({ … }).',
    where: { runId },
  });

function heldElsewhere(): never {
  throw new EspalierError('run-owned', 'Runs on Restate are held by their invocations: this process appends nothing.');
}
