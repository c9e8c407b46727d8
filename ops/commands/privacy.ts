import { writeFileSync } from 'node:fs';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/order-row.ts';
import { eraseOrder } from '../../functions/pipeline/privacy/erase.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { OperatorContext } from '../context.ts';
import { orderKeyOf } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';

/** The stores' reports; most merchants have one store that customers' requests come from. */
const reportsOf = (context: OperatorContext) => {
  const { privacyStores } = context;
  if (privacyStores.length > 0) return privacyStores.map((store) => context.reportsOf(store));
  throw new OperatorError(`no platform of merchant ${context.merchant.name} sends data requests.`);
};

/** Lists the reports for data requests that wait to be fetched. */
export async function listReports(context: OperatorContext, { json }: { json: boolean }): Promise<number> {
  const lists = await Promise.all(reportsOf(context).map((reports) => reports.list()));
  const reports = lists.flat().map(({ id, createdAt, orderIds, expiresAt }) => ({
    id,
    createdAt,
    orders: orderIds.length,
    keptUntil: isoTime(expiresAt * 1000),
  }));
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
  const found = await Promise.all(reportsOf(context).map((reports) => reports.get(id)));
  const report = found.find((one) => one !== undefined);
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
      const result = await eraseOrder(context.storeOf(key), key, { because: 'operator', request });
      results.push({ order: orderPk(key), result });
    }
    for (const store of context.privacyStores) {
      const orderIds = keys.filter((key) => isOf(key, store)).map(({ platformOrderId }) => platformOrderId);
      if (orderIds.length > 0) await context.reportsOf(store).forget({ orderIds });
    }
    return { erased: results.length };
  });
  print(json, { results }, columns(results.map(({ order, result }) => [order, result])));
  return 0;
}

const isOf = (key: OrderKey, { platform, storeId }: KnownStore): boolean =>
  key.platform === platform && key.storeId === storeId;
