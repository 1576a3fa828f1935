/** What the person who decides has to know. */
export function questionText(runId: string, request: unknown): string {
  const { question, item, summary } = request as Record<string, string>;
  return [`${runId}: ${question}`, `  ${item}`, `  ${summary}`].join('\n');
}
