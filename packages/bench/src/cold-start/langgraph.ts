import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const graph = new StateGraph(Annotation.Root({ value: Annotation<number> }))
  .addNode('only', async ({ value }) => ({ value: value + 1 }))
  .addEdge(START, 'only')
  .addEdge('only', END)
  .compile();
const { value } = await graph.invoke({ value: 1 });
console.log(value);
