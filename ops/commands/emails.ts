import { type RebuildProgress, rebuildEmails } from '../actions/emails.ts';
import type { OperatorContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { print, printDryRun } from '../print.ts';

/** Notes again by which e-mail orders and customers are found: after their key was replaced, or could not be read. */
export async function rebuild(
  context: OperatorContext,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<number> {
  const done = await rebuildEmails(context, { dryRun, progress: show });
  const line = `${done.orders} orders and ${done.customers} customers have an e-mail`;
  if (dryRun) return printDryRun(json, done, `${line}; that many would be noted.`);
  print(json, { dryRun, ...done }, [`${line}, and are found by it.`]);
  return EXIT.done;
}

/** Says on a terminal how far it is. */
const show: RebuildProgress = (store, rows) => {
  if (process.stderr.isTTY) process.stderr.write(`${store}: ${rows} rows looked at ...\n`);
};
