import type { SchemaIssue } from '../schema/schema.js';

/** How many issues a model is told of at once: enough to correct them, too few to fill its context. */
const MOST_ISSUES = 20;

/** What is wrong with a value, for the model: a line an issue. */
export function listIssues(issues: readonly SchemaIssue[]): string {
  const lines = issues.slice(0, MOST_ISSUES).map(({ path, message }) => `- ${path}: ${message}`);
  if (issues.length > MOST_ISSUES) lines.push(`- and ${issues.length - MOST_ISSUES} more`);
  return lines.join('\n');
}
