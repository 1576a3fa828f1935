import { flows } from './flows.js';
import { models } from './models.js';
import { nested } from './nested.js';
import type { Subject } from './subject.js';

const kept: readonly Subject[] = [...flows, ...models, ...nested];

/** The same workflows, in runs that leave memory as soon as they wait. */
const laidAside = ['sleep', 'approval', 'child'].map((name): Subject => {
  const subject = kept.find((one) => one.name === name) as Subject;
  return { ...subject, name: `${name}, aside`, layAsideAfter: 1 };
});

/** Every way in which a run goes on. */
export const subjects: readonly Subject[] = [...kept, ...laidAside];

export function subjectOf(name: string): Subject {
  const subject = subjects.find((one) => one.name === name);
  if (subject === undefined) throw new Error(`there is no workflow '${name}' here`);
  return subject;
}
