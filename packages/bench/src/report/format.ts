/** Three digits that count: `0.123`, `4.56`, `78.9`, `12,345`. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '?';
  const size = Math.abs(value);
  if (size >= 99.95) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

/** `×285`, `×3.4`. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return '?';
  return `×${ratio >= 9.95 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(ratio >= 0.0995 ? 1 : 2)}`;
}
