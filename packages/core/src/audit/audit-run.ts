import type { Engine } from '../engine/engine.js';
import type { JournalRecord } from '../events/event.js';
import type { ChainReport } from '../journal/chain-report.js';
import type { RunSummary } from '../journal/journal.js';
import { maskRecord } from '../sensitive/mask-record.js';
import type { AuditOptions, RunAudit } from './audit.js';
import { renderAudit } from './render-audit.js';
import { RunAuditor } from './run-auditor.js';

/** How many faults a report names: where there are so many, there may be more behind them. */
const MOST_FAULTS = 1000;

/** What the journal knows of a run. Only what is as it was written is told. @throws run-unknown */
export async function auditRun(
  engine: Engine,
  runId: string,
  { reveal = false }: AuditOptions = {},
): Promise<RunAudit> {
  const chain = await engine.verify?.(runId);
  const isWhole = chain === undefined || chain.faults.length === 0;
  const records = isWhole ? await engine.read(runId) : await sound(engine, runId, chain);
  const auditor = new RunAuditor((await engine.find(runId)) as RunSummary);
  for (const record of records) auditor.add(reveal ? record : maskRecord(record));
  const audit = { ...auditor.audit, ...(chain === undefined ? {} : { chain }) };
  // Not seen by those that compare or copy the data.
  return Object.defineProperty(audit, 'toString', { value: () => renderAudit(audit) });
}

/** The records of which nothing is wrong. */
async function sound(engine: Engine, runId: string, { faults }: ChainReport): Promise<readonly JournalRecord[]> {
  const doubted = new Set(faults.map(({ seq }) => seq));
  const end = faults.length < MOST_FAULTS ? Number.POSITIVE_INFINITY : (faults.at(-1)?.seq ?? 0);
  const readable = (await engine.salvage?.(runId)) ?? [];
  return readable.filter(({ seq }) => seq < end && !doubted.has(seq));
}
