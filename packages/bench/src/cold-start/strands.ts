import { Graph, TextBlock } from '@strands-agents/sdk';
import {
  type MultiAgentInput,
  type MultiAgentStreamEvent,
  Node,
  type NodeResultUpdate,
} from '@strands-agents/sdk/multiagent';

class Only extends Node {
  // biome-ignore lint/correctness/useYield: the node has nothing to stream
  override async *handle(input: MultiAgentInput): AsyncGenerator<MultiAgentStreamEvent, NodeResultUpdate, undefined> {
    return { content: [new TextBlock(String(Number(input) + 1))] };
  }
}

const graph = new Graph({ nodes: [new Only('only', {})], edges: [], maxSteps: 1 });
const { content } = await graph.invoke('1');
console.log((content[0] as TextBlock).text);
