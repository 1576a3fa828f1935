/** In milliseconds: optimized code comes late on a busy machine. */
export const warmUpFor = 2_500;

/** Does it again and again until its code is warm. */
export async function warmUp(perform: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  do await perform();
  while (performance.now() - start < warmUpFor);
}
