/** Leaves no garbage of what ran before. @throws Error when Node was started without `--expose-gc` */
export function collectGarbage(): void {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Start Node with --expose-gc: nothing can be measured without it.');
  gc();
}
