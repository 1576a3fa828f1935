/** `12 ms`, `3.4 s`, `2:05 min`. */
export function durationText(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 1000) return `${Math.round(time)} ms`;
  if (time < 59_950) return `${(time / 1000).toFixed(1)} s`;
  const seconds = Math.round(time / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}
