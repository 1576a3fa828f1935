import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { questionText } from '../command/question-text.js';
import { type Desk, openDesk } from '../desk.js';
import { endOf, openQuestion } from '../history.js';
import { euros } from '../money.js';
import { DeskProcess } from './processes.js';
import { until } from './until.js';

const runId = 'refund-1';

/** Tells what happens to one refund while its processes are killed. All of it is real: processes, file, and signals. */
export async function tellStory(folder: string | undefined): Promise<string> {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'espalier-approval-'));
  const desk = await openDesk({ folder: place, takesOver: false });
  try {
    await begin(desk, place);
    await approve(desk, place);
    await goOn(desk, place);
    return await lookBack(desk);
  } finally {
    await desk.close();
    if (folder === undefined) rmSync(place, { recursive: true, force: true });
  }
}

const tell = (text: string): void => console.log(text.replace(/^/gm, '  ').replace(/^ {2}(\d\. )/gm, '\n$1'));

async function begin(desk: Desk, folder: string): Promise<void> {
  tell('1. A customer wants their money back.');
  const first = new DeskProcess('request', 'A-1042', '--run', runId, '--folder', folder);
  const question = await until('the question to a person', async () => {
    if ((await desk.espalier.list({ limit: 1 })).length === 0) return undefined;
    return openQuestion(await desk.espalier.history(runId));
  });
  tell(questionText(runId, question.request));
  await first.kill();
  tell(`kill -9 ${first.pid}. No process runs. The question waits in the file.`);
}

async function approve(desk: Desk, folder: string): Promise<void> {
  tell('2. Another process takes over what the dead one held. Ada says yes, in a third one.');
  const worker = new DeskProcess('work', '--bank-takes', '60000', '--folder', folder);
  await until('the take-over', async () => {
    const types = (await desk.espalier.history(runId)).map(({ type }) => type);
    return types.includes('run-resume') || undefined;
  });
  const ada = new DeskProcess('approve', runId, '--by', 'Ada', '--folder', folder);
  const [payment] = await until('the payment', () =>
    desk.bank.entries().length > 0 ? desk.bank.entries() : undefined,
  );
  tell(
    `The bank has paid ${euros(payment?.amount ?? 0)}: ${payment?.receipt}. Nobody here knows yet: its answer is on the way.`,
  );
  await Promise.all([worker.kill(), ada.kill()]);
  tell(`kill -9 ${worker.pid}, at the worst moment that there is.`);
}

async function goOn(desk: Desk, folder: string): Promise<void> {
  tell('3. One more process takes over. It asks the bank again, with the same key.');
  const worker = new DeskProcess('work', '--folder', folder);
  const end = await endOf(desk.espalier, runId, 30_000);
  tell(String(end?.output ?? `The run has not ended: ${JSON.stringify(end)}`));
  await worker.stop();
}

async function lookBack({ espalier, bank }: Desk): Promise<string> {
  tell('4. What is on record. Look at the first line: no record was changed. Three processes held the run.');
  tell('Look at who decided, at the model, which was asked once, and at the receipt of the one payment.');
  tell(String(await espalier.audit(runId)));
  const paid = bank.entries();
  return `\nPaid ${paid.length === 1 ? 'once' : `${paid.length} times`}: ${paid.map(({ receipt, amount }) => `${receipt}, ${euros(amount)}`).join('; ')}.`;
}
