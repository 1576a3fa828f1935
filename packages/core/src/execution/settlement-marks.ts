import type { CompiledNode } from '../boot/compiled-workflow.js';
import { learnShape, type Marks, marksOf, together } from '../sensitive/learn.js';
import { pointerOf } from '../sensitive/marks.js';
import { listOf, type SensitiveShape } from '../sensitive/sensitive-shape.js';
import type { Settlement } from './settlement.js';

/** Which parts of a node's output its schema marks as sensitive, where it declares one that does. */
export function sensitiveOutput({ agent }: CompiledNode): SensitiveShape | undefined {
  const shape = agent.output?.sensitive;
  return shape === undefined || agent.definition.forEach === undefined ? shape : listOf(shape);
}

/** Takes up the sensitive values of a settlement. @returns the marks of its record */
export function settlementMarks({ run, output, writes }: Settlement): Marks {
  const { execution, compiled, options } = run;
  const shape = options.item === undefined ? sensitiveOutput(compiled) : compiled.agent.output?.sensitive;
  const ofOutput = shape === undefined ? {} : learnShape(execution.engine, shape, output, ['output']);
  if (writes.length === 0) return ofOutput;
  const ofWrites = writes.flatMap(({ state, field }, index) =>
    execution.states.shape(state)?.sensitive.has(field) === true ? [pointerOf(['writes', index, 'value'])] : [],
  );
  return together(ofOutput, marksOf(ofWrites));
}
