/** A number of bytes as a person reads it. */
export function sizeText(bytes: number): string {
  const [unit, factor] =
    bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : bytes >= 1e3 ? ['KB', 1e3] : ['bytes', 1];
  return `${Number((bytes / (factor as number)).toFixed(1))} ${unit}`;
}
