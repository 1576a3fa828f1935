import { type RunOutcome, toMermaid, type WorkflowPlan } from '@espalier/core';

/** The graph of the run, as a block that Markdown viewers draw. */
export function renderGraph(plan: WorkflowPlan, outcome: RunOutcome): string {
  return `\n## The graph\n\n\`\`\`mermaid\n${toMermaid(plan, outcome)}\`\`\`\n`;
}
