import { Agent, createEspalier, defineWorkflow } from '@espalier/core';

@Agent()
class Only {
  async run(value: number): Promise<number> {
    return value + 1;
  }
}

const workflow = defineWorkflow({ name: 'cold-start', version: 1, output: Only });
const espalier = await createEspalier({ workflows: [workflow] });
console.log(await espalier.run(workflow, 1));
