import type { ChainReport } from '../journal/chain-report.js';
import type { RunUsage } from '../runtime/run-outcome.js';
import type { AuditedModelCall, AuditedPlace, AuditedQuestion, AuditedToolCall, RunAudit } from './audit.js';

/** An audit to read: what happened in a run, by kind, each in its order. */
export function renderAudit(audit: Omit<RunAudit, 'toString'>): string {
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [`run ${audit.runId}`, headOf(audit)],
    ['who approved and answered what', audit.questions.map(questionLine)],
    ['which model said what', audit.modelCalls.map(modelLine)],
    ['tool calls', audit.toolCalls.map(toolLine)],
    [
      'steps',
      audit.steps.map(
        (step) =>
          `${at(step)} ${step.name}: ${step.error === undefined ? json(step.value) : `failed: ${step.error.message}`}`,
      ),
    ],
    ['child runs', audit.children.map((child) => `${at(child)} ${child.runId}: ${json(child.error ?? child.output)}`)],
    ['failures', audit.failures.map((one) => `${at(one)} ${one.error.message} → ${one.fallback ?? one.kind}`)],
    ['spent', spentLines(audit)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `── ${title}\n${lines.join('\n')}`)
    .join('\n\n');
}

function headOf(audit: Omit<RunAudit, 'toString'>): string[] {
  const { workflow, migrations, identity, parent, fork, thread, startedAt, endedAt, status, holders } = audit;
  const lines = [chainLine(audit.chain)];
  const graph = workflow.fingerprint === undefined ? '' : `, graph ${workflow.fingerprint}`;
  lines.push(`workflow ${workflow.name} version ${workflow.version}${graph}`);
  for (const { time, version, fingerprint } of migrations) {
    lines.push(`${date(time)} went on under version ${version}, graph ${fingerprint}`);
  }
  if (parent !== undefined) lines.push(`called by node ${parent.node} of run ${parent.runId}`);
  if (fork !== undefined) lines.push(`forked from run ${fork.runId} at ${fork.from}`);
  if (thread !== undefined) lines.push(`part of thread ${thread}`);
  lines.push(`${date(startedAt)} started by ${identity === undefined ? 'somebody who was not named' : json(identity)}`);
  for (const { time, owner, expired } of holders) {
    lines.push(`${date(time)} held by process ${owner}${expired === true ? ', as the one before had stopped' : ''}`);
  }
  if (audit.input !== undefined) lines.push(`input ${json(audit.input)}`);
  lines.push(endedAt === undefined ? 'it has not ended' : `${date(endedAt)} ended ${status}`);
  if (audit.output !== undefined) lines.push(`output ${json(audit.output)}`);
  if (audit.error !== undefined) lines.push(`error ${audit.error.code}: ${audit.error.message}`);
  return lines;
}

function chainLine(chain: ChainReport | undefined): string {
  if (chain === undefined) return 'The store keeps no chain of hashes: whether a record was changed cannot be told.';
  const { records, faults, head } = chain;
  if (faults.length === 0) return `${records} records, all as they were written. Head of the chain: ${head}`;
  return [
    `NOT AS IT WAS WRITTEN: ${faults.length} of ${records} records.`,
    ...faults.map(({ seq, kind, message }) => `  record ${seq} ${kind}: ${message}`),
  ].join('\n');
}

function questionLine(question: AuditedQuestion): string {
  const { kind, signal, request, answer } = question;
  const what = request === undefined ? '' : ` ${json(request)}`;
  const asked = `${at(question)} asked for ${kind === 'approval' ? 'approval' : `'${signal}'`}:${what}`;
  if (answer === undefined) return `${asked}\n  not answered`;
  const { time, by, value, error } = answer;
  if (error !== undefined) return `${asked}\n  ${date(time)} ${error.message}`;
  return `${asked}\n  ${date(time)} ${by === undefined ? 'somebody who was not named' : json(by)} said ${json(value)}`;
}

function modelLine(call: AuditedModelCall): string {
  const { model, prompt, answer, error, usage } = call;
  const asked = `${at(call)}${again(call)} ${model}, ${count(prompt.messages, 'message')}: ${quoted(prompt.last)}`;
  const lines = [asked];
  if (answer !== undefined) {
    const id = answer.requestId === undefined ? '' : `, request ${answer.requestId}`;
    lines.push(`  ${answer.model} said (${answer.finishReason}${id}): ${quoted(answer.text)}`);
    for (const { tool, arguments: args } of answer.toolCalls) lines.push(`  and called ${tool}(${args})`);
  }
  if (error !== undefined) lines.push(`  failed: ${error.message}`);
  if (answer === undefined && error === undefined) lines.push('  its answer is not on record');
  if (usage !== undefined) {
    const cost = usage.cost === undefined ? '' : `, ${dollars(usage.cost)}`;
    lines.push(`  ${usage.inputTokens} tokens in, ${usage.outputTokens} out${cost}`);
  }
  return lines.join('\n');
}

function toolLine(call: AuditedToolCall): string {
  const { tool, arguments: args, outcome, error, approval } = call;
  const said = approval?.answer?.value === undefined ? '' : `\n  a person said ${json(approval.answer.value)}`;
  const told = outcome === undefined ? undefined : `${outcome.failed ? 'failed' : 'gave'}: ${quoted(outcome.content)}`;
  const came = error?.message ?? told ?? 'its result is not on record: it may or may not have run';
  return `${at(call)}${again(call)} ${tool}(${args})${said}\n  ${came}`;
}

function spentLines({ spent, children }: Omit<RunAudit, 'toString'>): string[] {
  const lines = [`in all ${usage(spent.own)}`];
  if (children.length > 0) {
    const { modelCalls = 0, toolCalls = 0, tokens = 0, cost = 0 } = spent.total;
    const calls = `${count(modelCalls, 'model call')}, ${count(toolCalls, 'tool call')}`;
    lines.push(`with its child runs ${calls}, ${tokens} tokens, ${dollars(cost)}`);
  }
  for (const [model, used] of Object.entries(spent.models)) lines.push(`  model ${model}: ${usage(used)}`);
  for (const [node, used] of Object.entries(spent.nodes)) lines.push(`  node ${node}: ${usage(used)}`);
  return lines;
}

const usage = ({ modelCalls, toolCalls, inputTokens, outputTokens, cost }: RunUsage): string =>
  `${count(modelCalls, 'model call')}, ${count(toolCalls, 'tool call')}, ${inputTokens} tokens in, ${outputTokens} out, ${dollars(cost)}`;

const at = ({ time, node, attempt }: AuditedPlace): string =>
  `${date(time)} ${node}${attempt > 1 ? ` (attempt ${attempt})` : ''}`;

/** What a process had begun when it stopped. */
const again = ({ begun }: { readonly begun: number }): string => (begun > 1 ? ` (begun ${begun} times)` : '');

const date = (time: number): string => new Date(time).toISOString();
const count = (amount: number, what: string): string => `${amount} ${what}${amount === 1 ? '' : 's'}`;
const dollars = (cost: number): string => `$${cost.toFixed(4)}`;
const json = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
/** A text in one line. */
const quoted = (text: string): string => JSON.stringify(text);
