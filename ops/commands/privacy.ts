import { writeFileSync } from 'node:fs';
import { eraseOrder } from '../../functions/pipeline/privacy/erase.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { OperatorContext } from '../desk.ts';
import { OperatorError } from '../operator-error.ts';
import { orderKeyOf } from '../order-name.ts';
import { columns, print } from '../print.ts';

const storeOf = (context: OperatorContext) => {
  const store = context.stores.find(({ platform }) => platform === 'nuvemshop');
  if (store !== undefined) return store;
  throw new OperatorError(
    `merchant ${context.merchant.name} has no nuvemshop, which alone sends data requests.`,
  );
};

/** Lists the reports for data requests that wait to be fetched. */
export async function listReports(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const reports = (await context.reportsOf(storeOf(context)).list()).map(
    ({ id, createdAt, orderIds, expiresAt }) => ({
      id,
      createdAt,
      orders: orderIds.length,
      keptUntil: new Date(expiresAt * 1000).toISOString(),
    }),
  );
  const lines = reports.map(({ id, createdAt, orders, keptUntil }) => [
    id,
    createdAt,
    `${orders} orders`,
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
  const report = await context.reportsOf(storeOf(context)).get(id);
  if (report === undefined)
    throw new OperatorError(`There is no report ${id}. "privacy reports" lists them.`);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await context.audited('privacy report', { report: id, orders: report.orders.length }, async () => {
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
 * @throws OperatorError without `--yes`.
 */
export async function eraseOrders(
  context: OperatorContext,
  names: readonly string[],
  { yes, json }: { yes: boolean; json: boolean },
): Promise<number> {
  const keys = names.map((name) => orderKeyOf(name, context.stores));
  if (!yes) {
    const orders = keys.map(orderPk).join(', ');
    throw new OperatorError(
      `This erases the person of ${orders} for good, and nothing brings it back. Add --yes.`,
    );
  }
  const results: { order: string; result: string }[] = [];
  await context.audited('privacy erase', { orders: keys.map(orderPk).join(' ') }, async (request) => {
    for (const key of keys) {
      const result = await eraseOrder(context, key, { because: 'operator', request });
      results.push({ order: orderPk(key), result });
    }
    const nuvemshop = keys.filter(({ platform }) => platform === 'nuvemshop');
    if (nuvemshop.length > 0) {
      const orderIds = nuvemshop.map(({ platformOrderId }) => platformOrderId);
      await context.reportsOf(storeOf(context)).forget({ orderIds });
    }
    return { erased: results.length };
  });
  print(json, { results }, columns(results.map(({ order, result }) => [order, result])));
  return 0;
}
