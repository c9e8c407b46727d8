import { writeFileSync } from 'node:fs';
import { isoTime } from '../../functions/domain/order-row.ts';
import { eraseThing } from '../../functions/pipeline/privacy/context.ts';
import { ORDER_KIND, orderPk } from '../../functions/storage/keys.ts';
import type { OperatorContext } from '../context.ts';
import { orderKeyOf } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

/** The stores' reports; most merchants have one store that customers' requests come from. */
const reportsOf = (context: OperatorContext) => {
  const { privacyStores } = context;
  if (privacyStores.length > 0) return privacyStores.map((store) => context.storeOf(store).reports);
  throw new OperatorError(`no platform of merchant ${context.merchant.name} sends data requests.`);
};

/** Lists the reports for data requests that wait to be fetched. */
export async function listReports(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const lists = await Promise.all(reportsOf(context).map((reports) => reports.list()));
  const reports = lists.flat().map(({ id, createdAt, things, expiresAt }) => ({
    id,
    createdAt,
    held: Object.fromEntries(Object.entries(things).map(([kind, ids]) => [kind, ids.length])),
    keptUntil: isoTime(expiresAt * 1000),
  }));
  const lines = reports.map(({ id, createdAt, held, keptUntil }) => [
    id,
    createdAt,
    Object.entries(held)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    `until ${keptUntil}`,
  ]);
  print(json, { reports }, reports.length > 0 ? columns(lines) : ['No reports.']);
  return 0;
}

/** Fetches one report: to a file that only its owner can read, or to the standard output. Who did so is written down. */
export async function fetchReport(
  context: OperatorContext,
  id: string,
  { to, json }: { to?: string; json: boolean },
): Promise<number> {
  const found = await Promise.all(reportsOf(context).map((reports) => reports.get(id)));
  const report = found.find((one) => one !== undefined);
  if (report === undefined)
    throw new OperatorError(`There is no report ${id}. "privacy reports" lists them.`);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const held = Object.values(report.held).reduce((sum, { length }) => sum + length, 0);
  await context.audited('privacy report', { report: id, held }, async () => {
    if (to === undefined) process.stdout.write(text);
    else writeFileSync(to, text, { mode: 0o600, flag: 'wx' });
    return {};
  });
  if (to !== undefined) print(json, { report: id, file: to }, [`${to} holds the report ${id}.`]);
  return 0;
}

/**
 * Erases the personal data of orders for good, of any platform.
 *
 * @throws OperatorError without `--yes`, and before anything is erased when one of them is of a store that is not ours.
 */
export async function eraseOrders(
  context: OperatorContext,
  names: readonly string[],
  { yes, json }: { yes: boolean; json: boolean },
): Promise<number> {
  const keys = names.map((name) => orderKeyOf(name, context.stores));
  const orders = keys.map((key) => ({ key, store: context.storeOf(key) }));
  if (!yes) {
    const named = keys.map(orderPk).join(', ');
    throw new OperatorError(
      `This erases the person of ${named} for good, and nothing brings it back. Add --yes.`,
    );
  }
  const results: { order: string; result: string }[] = [];
  await context.audited('privacy erase', { orders: keys.map(orderPk).join(' ') }, async (request) => {
    for (const { key, store } of orders) {
      const why = { because: 'operator', request } as const;
      const result = await eraseThing(store, ORDER_KIND, key.platformOrderId, why);
      results.push({ order: orderPk(key), result });
    }
    return { erased: results.length };
  });
  print(json, { results }, columns(results.map(({ order, result }) => [order, result])));
  return 0;
}
