import { type AliasKind, aliasesOf, aliasText } from '../functions/domain/alias.ts';
import { emailOf } from '../functions/domain/email.ts';
import { itemName } from '../functions/domain/item-name.ts';
import type { OrderKey, OrderRow } from '../functions/domain/order-row.ts';
import { isoTime } from '../functions/domain/time.ts';
import { changedPages } from '../functions/storage/row-index.ts';
import type { OperatorContext } from './context.ts';
import { onlyKey, readOrderName } from './order-name.ts';
import { OperatorError } from './outputs.ts';

/** An order that a text means, and as what it has it. */
export interface Match {
  key: OrderKey;
  by: 'id' | 'email' | AliasKind;
}

type Tables = Pick<OperatorContext, 'stores' | 'ordersOf' | 'index' | 'aliases' | 'control'>;

const DAY_MS = 24 * 3600 * 1000;
/** So many orders are shown that are called the same. */
const MOST_CALLED = 50;

/** What a search came to. */
export interface Search {
  matches: Match[];
  /** False where more orders are called so than were read. */
  all: boolean;
  /** How much was looked through for what nobody noted; absent where that was not asked for, or not needed. */
  searched?: { rows: number; since: string; complete: boolean };
}

export interface SearchOptions {
  /** How far back the orders themselves are read for what nobody noted; 0 or absent: not at all. */
  days?: number;
  /** Rows that may be read; as many as there are when absent. */
  mostRows?: number;
  progress?: (day: string, rows: number) => void;
  /** The text as an e-mail address, where it is looked for as one, and the orders that were found by it. */
  email?: { text: string; orders: readonly OrderKey[] };
}

/**
 * Finds what a person has in hand: the platform's id, in any form that a command takes, or else a number, a courier's code, an
 * id of the merchant's system, a tracking code or a payment's id, which the tracker noted: one read. What nobody noted, because
 * the order changed a moment ago or was given up, is found by reading the orders that changed lately, where that is asked for:
 * day after day backwards, until a day has one.
 *
 * @throws OperatorError where the text can name no order
 */
export async function searchOrders(
  context: Tables,
  text: string,
  { days = 0, ...options }: SearchOptions,
): Promise<Search> {
  const { stores, ordersOf, index, aliases, control } = context;
  const meant = readOrderName(text, stores);
  const rows = await ordersOf(meant.keys);
  const known = meant.keys.filter((_, at) => rows[at] !== undefined);
  if (known.length > 0 || meant.whole) return { matches: known.map((key) => ({ key, by: 'id' })), all: true };
  const called = await aliases.find(meant.text, MOST_CALLED);
  const isMeant = ({ platform, storeId }: OrderKey) =>
    meant.keys.some((key) => key.platform === platform && key.storeId === storeId);
  const noted: Match[] = [
    ...called.matches.filter(({ key }) => isMeant(key)),
    ...(options.email?.orders ?? []).map((key): Match => ({ key, by: 'email' })),
  ];
  if (noted.length > 0 || days === 0) return { matches: noted, all: called.complete };
  const now = control.clock.now();
  let [since, total, left] = [now, 0, options.mostRows ?? Number.POSITIVE_INFINITY];
  const searched = (complete: boolean) => ({ rows: total, since: isoTime(since), complete });
  for (let day = 0; day < days; day += 1) {
    const between = { from: now - (day + 1) * DAY_MS + 1, to: now - day * DAY_MS };
    const matches: Match[] = [];
    let read = 0;
    for (const { platform, storeId } of meant.keys) {
      const keys = await changesIn(index, { platform, storeId, between }, left);
      read += keys.length;
      left -= keys.length;
      const found = await ordersOf(keys);
      for (const [at, key] of keys.entries()) {
        const row = found[at];
        const by = row === undefined ? undefined : hasText(row, meant.text, options.email?.text);
        if (by !== undefined) matches.push({ key, by });
      }
    }
    total += read;
    since = between.from;
    if (matches.length > 0) return { matches, all: true, searched: searched(true) };
    if (left <= 0) return { matches: [], all: true, searched: searched(false) };
    options.progress?.(new Date(between.from).toISOString().slice(0, 10), read);
  }
  return { matches: [], all: true, searched: searched(true) };
}

/** The same, where nothing but the orders is wanted. @throws OperatorError where the text can name no order */
export const findOrders = async (context: Tables, text: string): Promise<Match[]> =>
  (await searchOrders(context, text, {})).matches;

async function changesIn(
  index: OperatorContext['index'],
  query: Parameters<OperatorContext['index']['changes']>[0],
  most: number,
): Promise<OrderKey[]> {
  const found: OrderKey[] = [];
  for await (const keys of changedPages(index, { ...query, newestFirst: true })) {
    found.push(...keys.map(({ changedAt: _, ...key }) => key));
    if (found.length >= most) break;
  }
  return found.slice(0, Math.max(0, most));
}

/** As what a row has a text: a person's only where it is looked for as an e-mail. */
const hasText = (row: OrderRow, wanted: string, email: string | undefined): Match['by'] | undefined =>
  email !== undefined && emailOf(row) === email
    ? 'email'
    : aliasesOf(row).find(({ text }) => text === aliasText(wanted))?.kind;

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
  const found = await findOrders(context, text);
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
