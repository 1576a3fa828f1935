import { addOne, combine, type Graph, type GraphNode, type Work } from './graph.js';

/** The same work for all contenders. The graph engines take `graph`; the others write the shape by hand. */
export type Workload =
  | { readonly shape: 'chain'; readonly graph: Graph; readonly work: Work }
  | { readonly shape: 'fan-out'; readonly graph: Graph; readonly source: Work; readonly workers: readonly Work[] }
  | { readonly shape: 'layers'; readonly graph: Graph; readonly layers: readonly (readonly Work[])[] }
  | { readonly shape: 'diamond'; readonly graph: Graph; readonly middle: Work }
  | { readonly shape: 'uneven'; readonly graph: Graph }
  | { readonly shape: 'loop'; readonly times: number; readonly work: Work };

export type WorkloadOf<Shape extends Workload['shape']> = Extract<Workload, { readonly shape: Shape }>;

export function chain(length: number): WorkloadOf<'chain'> {
  const graph = Array.from(
    { length },
    (_, index): GraphNode => ({
      name: `step${index}`,
      dependsOn: index === 0 ? [] : [index - 1],
      work: addOne,
    }),
  );
  return { shape: 'chain', graph, work: addOne };
}

/** One node, `width` that depend on it, and one that depends on all of these. */
export function fanOut(width: number): WorkloadOf<'fan-out'> {
  const workers = Array.from(
    { length: width },
    (_, index): Work =>
      async ([value = 0]) =>
        value + index,
  );
  const graph: Graph = [
    { name: 'source', dependsOn: [], work: addOne },
    ...workers.map((work, index): GraphNode => ({ name: `worker${index}`, dependsOn: [0], work })),
    { name: 'sink', dependsOn: workers.map((_, index) => index + 1), work: combine },
  ];
  return { shape: 'fan-out', graph, source: addOne, workers };
}

/** A root, `depth` layers of `width` nodes that each depend on the whole layer before, and a last node. */
export function layers(depth: number, width: number): WorkloadOf<'layers'> {
  const graph: GraphNode[] = [{ name: 'root', dependsOn: [], work: addOne }];
  const rows: Work[][] = [];
  let before = [0];
  for (let layer = 0; layer < depth; layer += 1) {
    const row = Array.from(
      { length: width },
      (_, lane): Work =>
        async (inputs) =>
          (await combine(inputs)) + lane,
    );
    rows.push(row);
    const first = graph.length;
    for (const [lane, work] of row.entries()) graph.push({ name: `layer${layer}lane${lane}`, dependsOn: before, work });
    before = row.map((_, lane) => first + lane);
  }
  graph.push({ name: 'last', dependsOn: before, work: combine });
  return { shape: 'layers', graph, layers: rows };
}

/** One node, two that depend on it, and one that depends on both. `middle` is the work of the second. */
export function diamond(middle: Work = addOne): WorkloadOf<'diamond'> {
  const graph: Graph = [
    { name: 'top', dependsOn: [], work: addOne },
    { name: 'left', dependsOn: [0], work: middle },
    { name: 'right', dependsOn: [0], work: addOne },
    { name: 'bottom', dependsOn: [1, 2], work: combine },
  ];
  return { shape: 'diamond', graph, middle };
}

/** One node again and again until its value has grown by `times`. */
export const loop = (times: number): WorkloadOf<'loop'> => ({ shape: 'loop', times, work: addOne });
