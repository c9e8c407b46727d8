import { itemName } from '../functions/domain/item-name.ts';
import type { OrderKey, OrderRow } from '../functions/domain/order-row.ts';
import { mapConcurrent } from '../functions/pipeline/batch.ts';
import type { ChangesCursor } from '../functions/storage/row-index.ts';
import type { OperatorContext } from './context.ts';
import { onlyKey, readOrderName } from './order-name.ts';
import { OperatorError } from './outputs.ts';

/** An order that a text means, and as what it has it. */
export interface Match {
  key: OrderKey;
  by: 'id' | 'number' | 'courier code' | 'ERP id' | 'tracking code' | 'payment';
}

type Tables = Pick<OperatorContext, 'stores' | 'orders' | 'index' | 'control'>;

const DAY_MS = 24 * 3600 * 1000;
/** How many days of changes are looked through for what no index knows. */
export const SEARCHED_DAYS = 7;
/** Rows that are read at the same time. */
const AT_ONCE = 16;

/**
 * Finds what a person has in hand: the platform's id, in any form that a command takes, or else a number, a courier's code, an
 * id of the merchant's system, a tracking code or a payment's id. For those there is no index: the rows that changed lately
 * are read, day after day backwards, until a day has one.
 *
 * @param options `days`: how far back; 0 for the ids alone
 * @throws OperatorError where the text can name no order
 */
export async function findOrders(
  { stores, orders, index, control: { clock } }: Tables,
  text: string,
  options: { days: number; progress?: (day: string, rows: number) => void },
): Promise<Match[]> {
  const meant = readOrderName(text, stores);
  const rows = await Promise.all(meant.keys.map((key) => orders.get(key)));
  const known = meant.keys.filter((_, at) => rows[at] !== undefined);
  if (known.length > 0 || meant.whole) return known.map((key) => ({ key, by: 'id' }));
  const now = clock.now();
  for (let day = 0; day < options.days; day += 1) {
    const between = { from: now - (day + 1) * DAY_MS + 1, to: now - day * DAY_MS };
    const found: Match[] = [];
    let read = 0;
    for (const { platform, storeId } of meant.keys) {
      const keys = await changesIn(index, { platform, storeId, between });
      read += keys.length;
      await mapConcurrent(AT_ONCE, keys, async (key) => {
        const row = await orders.get(key);
        const by = row === undefined ? undefined : hasText(row, meant.text);
        if (by !== undefined) found.push({ key, by });
      });
    }
    if (found.length > 0) return found;
    options.progress?.(new Date(between.from).toISOString().slice(0, 10), read);
  }
  return [];
}

async function changesIn(
  index: OperatorContext['index'],
  query: Parameters<OperatorContext['index']['changes']>[0],
): Promise<OrderKey[]> {
  const keys: OrderKey[] = [];
  let after: ChangesCursor | undefined;
  do {
    const page = await index.changes({ ...query, ...(after === undefined ? {} : { after }) });
    keys.push(...page.keys.map(({ changedAt: _, ...key }) => key));
    after = page.next;
  } while (after !== undefined);
  return keys;
}

/** As what a row has a text that is no person's. */
function hasText({ order, acknowledgements = {} }: OrderRow, wanted: string): Match['by'] | undefined {
  const text = wanted.trim().replace(/^#/, '').toLowerCase();
  const is = (value: string | undefined): boolean => value?.replace(/^#/, '').toLowerCase() === text;
  if (is(order?.displayNumber)) return 'number';
  if (is(order?.courierCode)) return 'courier code';
  if (Object.values(acknowledgements).some(({ erpId }) => is(erpId))) return 'ERP id';
  if (order?.fulfilment.parcels.some(({ trackingCode }) => is(trackingCode))) return 'tracking code';
  if (is(order?.payment.gatewayId)) return 'payment';
  return undefined;
}

/** Shows on a terminal how far a search has come. */
export const searchProgress = (day: string, rows: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`searched ${rows} orders that changed since ${day} ...\n`);
};

/**
 * The order that a command is about, by anything that {@link findOrders} takes. One that is not in the table is meant where
 * its name says which it would be.
 *
 * @param exact only what names the order itself: for what cannot be undone
 * @throws OperatorError where none or several are meant, naming them
 */
export async function orderMeant(context: Tables, text: string, exact = false): Promise<OrderKey> {
  const found = await findOrders(context, text, { days: SEARCHED_DAYS, progress: searchProgress });
  const [first] = found;
  if (first === undefined) return onlyKey(readOrderName(text, context.stores));
  if (found.length > 1)
    throw new OperatorError(
      `"${text}" means several orders: ${found.map(({ key }) => itemName(key)).join(', ')}. Write one of them.`,
    );
  if (first.by === 'id') return first.key;
  const said = `"${text}" is the ${first.by} of ${itemName(first.key)}`;
  if (exact) throw new OperatorError(`${said}. Write that name, so that no other order is meant.`);
  process.stderr.write(`${said}.\n`);
  return first.key;
}
