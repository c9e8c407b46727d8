import { contentHash } from '../../functions/domain/canonical-json.ts';
import { saysTooLittle } from '../../functions/domain/filling.ts';
import type { Normalised, Order } from '../../functions/domain/order.ts';
import { type OrderRow, orderOf } from '../../functions/domain/order-row.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import type { Shop } from './shop.ts';

/** Orders of which the table does not say what the platform last said. */
export interface Differences {
  /** Keys of orders the platforms hold and the table lacks. */
  missing: string[];
  /** Keys of rows that are not in the platform's last state. */
  behind: string[];
}

/** Compares every order that the simulated platforms hold, and that can be a row, with its row. */
export function differences(shop: Shop, rows: readonly OrderRow[]): Differences {
  const byKey = new Map(rows.map((row) => [orderPk(row), row]));
  const found: Differences = { missing: [], behind: [] };
  for (const truth of truths(shop)) {
    if (!truth.ok) {
      found.behind.push(`unreadable truth: ${truth.problem}`);
      continue;
    }
    const key = orderPk(truth.order);
    const row = byKey.get(key);
    const order = row === undefined ? undefined : orderOf(row);
    if (order === undefined) found.missing.push(key);
    else if (row?.state !== 'ok' || !says(row, order, truth.order)) found.behind.push(key);
  }
  return found;
}

/** What a message leaves out is of an earlier one, so of such a row only status and time are the platform's last. */
function says({ unsaid }: OrderRow, order: Order, truth: Order): boolean {
  if (unsaid === undefined) return contentHash(order) === contentHash(truth);
  return order.status === truth.status && order.updatedAt === truth.updatedAt && !saysTooLittle(order);
}

function truths({ stores }: Shop): Normalised[] {
  return stores.flatMap(({ truth, platform, store }) =>
    truth()
      .filter(({ required }) => required)
      .map(({ json }) => platform.resources.order.normalise(json, store)),
  );
}
