import { flows } from './flows.js';
import { models } from './models.js';
import { nested } from './nested.js';
import type { Subject } from './subject.js';

/** Every way in which a run goes on. */
export const subjects: readonly Subject[] = [...flows, ...models, ...nested];

export function subjectOf(name: string): Subject {
  const subject = subjects.find(({ workflow }) => workflow.name === name);
  if (subject === undefined) throw new Error(`there is no workflow '${name}' here`);
  return subject;
}
