import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { EspalierError } from '../errors/espalier-error.js';
import { isObservable } from '../execution/invoke.js';
import { generationOf } from '../generation/generation-of.js';
import { renderInputs } from '../generation/render-inputs.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { toPlain } from '../schema/plain.js';
import { type Learner, learn } from '../sensitive/learn.js';
import type { PreviewOptions, RequestPreview } from './preview.js';
import { PreviewContext } from './preview-context.js';

/**
 * The first request that an agent would send, given its inputs: its `run()` is called up to there.
 * @param args the agent's inputs, and then options
 * @throws preview-blocked, agent-unknown, model-not-declared
 */
export async function previewAgent(
  workflows: Iterable<CompiledWorkflow>,
  agent: AgentClass,
  args: readonly unknown[],
): Promise<RequestPreview> {
  const { node, workflow } = placeOf(workflows, agent);
  const { agent: compiled, inputNames } = node;
  generationOf(compiled);
  const inputs = args.slice(0, inputNames.length);
  const options = (args[inputNames.length] ?? {}) as PreviewOptions;
  const known: Learner = { sensitive: undefined };
  const context = new PreviewContext(compiled, inputs[0], options, known);
  learn(known, workflow.input, context.input);
  for (const value of inputs) learnInput(known, value);
  const { run, instance, definition } = compiled;
  if (run === undefined) {
    void context.generate(renderInputs(inputs.map((value, index) => ({ name: inputNames[index] as string, value }))));
    return context.preview;
  }
  const ended = settled(run.apply(instance, [...inputs, context])).then((): never => {
    throw new EspalierError(
      'preview-blocked',
      `${definition.className}.run() ended without asking its model: there is no request to preview.`,
      { hint: 'Give inputs with which it asks.', where: { class: definition.className } },
    );
  });
  return Promise.race([context.preview, ended]);
}

/** What is marked in an input's class. One that is no plain data could not come to be in a run. */
function learnInput(known: Learner, value: unknown): void {
  try {
    toPlain(value, { learner: known });
  } catch {
    // The request is made of it all the same.
  }
}

/** An Observable does nothing before it is subscribed to. */
function settled(result: unknown): Promise<unknown> {
  if (!isObservable(result)) return Promise.resolve(result);
  return new Promise((resolve, reject) => {
    result.subscribe({ error: reject, complete: () => resolve(undefined) });
  });
}

function placeOf(
  workflows: Iterable<CompiledWorkflow>,
  agent: AgentClass,
): { readonly node: CompiledNode; readonly workflow: CompiledWorkflow } {
  for (const workflow of workflows) {
    const { nodes, nested } = workflow;
    const node = nodes.find(({ agent: { definition } }) => definition.agent === agent) ?? nested.get(agent);
    if (node !== undefined) return { node, workflow };
  }
  throw new EspalierError('agent-unknown', `preview: no registered workflow has the agent ${agent.name}.`, {
    hint: 'Register a workflow that it is part of.',
    where: { class: agent.name },
  });
}
