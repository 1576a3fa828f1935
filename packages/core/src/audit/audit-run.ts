import type { Engine } from '../engine/engine.js';
import { maskRecord } from '../sensitive/mask-record.js';
import type { AuditOptions, RunAudit } from './audit.js';
import { renderAudit } from './render-audit.js';
import { RunAuditor } from './run-auditor.js';

/** What the journal knows of a run. @throws run-unknown */
export async function auditRun(
  engine: Engine,
  runId: string,
  { reveal = false }: AuditOptions = {},
): Promise<RunAudit> {
  const chain = await engine.verify?.(runId);
  const auditor = new RunAuditor();
  for (const record of await engine.read(runId)) auditor.add(reveal ? record : maskRecord(record));
  const audit = { ...auditor.audit, ...(chain === undefined ? {} : { chain }) };
  // Not seen by those that compare or copy the data.
  return Object.defineProperty(audit, 'toString', { value: () => renderAudit(audit) });
}
