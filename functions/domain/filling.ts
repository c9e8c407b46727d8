import { isObject } from './json-object.ts';
import type { Order } from './order.ts';
import type { OrderRow, Standing, UnsaidField } from './order-row.ts';

type Field = keyof Order;
/** What an observation left out, by field of the order. */
export type Unsaid = NonNullable<OrderRow['unsaid']>;

/** Parts of an order that say nothing when they are empty, whether or not the platform's room names them. */
const EMPTY_SAYS_NOTHING: readonly Field[] = ['lines', 'totals', 'personal'];

type Told = Pick<Order, 'totals' | 'lines'>;

/** What nobody can work without, and an order does not have: a first event may be a bare status. */
const lackingIn = ({ totals, lines }: Told): ('totals' | 'lines')[] => [
  ...(totals.total === undefined ? (['totals'] as const) : []),
  ...(lines === undefined || lines.length === 0 ? (['lines'] as const) : []),
];

/** Whether an order was never told whole. Its row is not current, whatever its time says. */
export const saysTooLittle = (order: Told): boolean => lackingIn(order).length > 0;

/** Whether an order has something that another one lacks. */
export function tellsMore(order: Told, than: Told): boolean {
  const lacking = lackingIn(order);
  return lackingIn(than).some((part) => !lacking.includes(part));
}

/** Fields that an observation does not tell, with what it says of them nevertheless. */
export function unsaidBy(order: Order, omitted: readonly Field[]): Unsaid {
  const fields = new Set([...omitted, ...EMPTY_SAYS_NOTHING.filter((field) => isEmpty(order[field]))]);
  return Object.fromEntries(
    [...fields].sort().map((field) => [field, { said: saidOf(order[field], field) }]),
  );
}

/**
 * The order of an observation, with what it left out taken from what was known before. What it said stands, field by field:
 * a message that masks the buyer's name still tells of a new note.
 *
 * @param known of the order before, with where its own gaps were filled from
 */
export function keepKnown(
  order: Order,
  unsaid: Unsaid,
  known: { order: Order; unsaid: Unsaid; standing: Standing },
): { order: Order; unsaid: Unsaid } {
  const kept = fill(order, known.order, Object.keys(unsaid));
  const sources = Object.entries(unsaid).map(([field, { said }]): [string, UnsaidField] => {
    const before = known.unsaid[field];
    const from = before === undefined ? known.standing : before.from;
    return [field, { said, ...(from === undefined ? {} : { from }) }];
  });
  return { order: kept, unsaid: Object.fromEntries(sources) };
}

/**
 * Fills gaps of a row from an observation that is older than it: an order's first news may be a bare status. Nothing that the
 * row's own observation said is changed. Undefined when the older one has nothing to add.
 *
 * @param isNewer whether the older observation is newer than the one that a gap was filled from before
 */
export function fillGaps(
  known: { order: Order; unsaid: Unsaid },
  older: { order: Order; unsaid: Unsaid; standing: Standing },
  isNewer: (than: Standing) => boolean,
): { order: Order; unsaid: Unsaid } | undefined {
  const fields = Object.entries(known.unsaid).flatMap(([field, { from }]) =>
    older.unsaid[field] === undefined && (from === undefined || isNewer(from)) ? [field] : [],
  );
  if (fields.length === 0) return undefined;
  const own = { ...known.order };
  for (const field of fields) ownOnly(own, field, known.unsaid[field]?.said ?? []);
  const filled = Object.fromEntries(
    fields.map((field) => [field, { said: known.unsaid[field]?.said ?? [], from: older.standing }]),
  );
  return { order: fill(own, older.order, fields), unsaid: { ...known.unsaid, ...filled } };
}

function fill(order: Order, older: Order, fields: readonly string[]): Order {
  const entries = fields.flatMap((field): [string, unknown][] => {
    const value = filled(field, partOf(order, field), partOf(older, field));
    return value === undefined ? [] : [[field, value]];
  });
  return { ...order, ...Object.fromEntries(entries) };
}

function filled(field: string, own: unknown, older: unknown): unknown {
  // A sender that names no currency has it guessed for it.
  if (field === 'currency') return older ?? own;
  if (Array.isArray(own) && Array.isArray(older))
    return own.length === 0 ? older : own.map((one) => ofSameId(one, older));
  if (isObject(own) && isObject(older)) {
    const keys = [...new Set([...Object.keys(older), ...Object.keys(own)])];
    const said = new Set(saidOf(own, field));
    return Object.fromEntries(keys.map((key) => [key, said.has(key) ? own[key] : (older[key] ?? own[key])]));
  }
  return says(own) ? own : (older ?? own);
}

/** A line or parcel with what the older one of the same id says beyond it. */
function ofSameId(own: unknown, older: readonly unknown[]): unknown {
  const id = idOf(own);
  const match = older.find((one) => id !== undefined && idOf(one) === id);
  return match === undefined ? own : filled('', own, match);
}

function idOf(value: unknown): unknown {
  return isObject(value) ? (value.lineId ?? value.parcelId) : undefined;
}

/** Takes back what was filled into a field earlier, so that something newer can be. */
function ownOnly(order: Partial<Record<string, unknown>>, field: string, said: readonly string[]): void {
  const value = order[field];
  if (isObject(value))
    order[field] = Object.fromEntries(Object.entries(value).filter(([key]) => said.includes(key)));
  else if (said.length === 0 && value !== undefined && field !== 'currency') delete order[field];
}

/** Names of what a value says; a value that is no object says itself. */
function saidOf(value: unknown, field: string): string[] {
  // A total of zero beside totals that were left out is none that anybody said.
  const isSaid = (one: unknown) => says(one) && !(field === 'totals' && one === 0);
  if (isObject(value)) return Object.keys(value).filter((key) => isSaid(value[key]));
  return says(value) ? ['itself'] : [];
}

const says = (value: unknown): boolean =>
  value !== undefined && value !== 'unknown' && value !== '' && !(Array.isArray(value) && value.length === 0);
const isEmpty = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.keys(value).length === 0);
const partOf = (order: Order, field: string): unknown => (order as Record<string, unknown>)[field];
