import type { CompiledNode, CompiledWorkflow } from '../boot/compiled-workflow.js';
import { sensitiveOutput } from '../execution/settlement-marks.js';
import { type Learner, learn, learnShape, type Marks, together } from '../sensitive/learn.js';
import type { MigrationBody } from './migrate-run.js';

/** Takes up the sensitive values of a migration. @returns the marks of its record */
export function migrationMarks(run: Learner, compiled: CompiledWorkflow, { input, outputs }: MigrationBody): Marks {
  const ofOutputs = outputs.map(({ node: name, output }, index) => {
    const shape = sensitiveOutput(compiled.nodes.find((node) => node.name === name) as CompiledNode);
    return shape === undefined ? {} : learnShape(run, shape, output, ['outputs', index, 'output']);
  });
  return together(learn(run, compiled.input, input, ['input']), ...ofOutputs);
}
