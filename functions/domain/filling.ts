import { isObject } from './json-object.ts';
import type { Order } from './order.ts';
import type { OrderRow, Standing, UnsaidField } from './order-row.ts';

type Field = keyof Order;
/** What an observation left out, by field of the order. */
export type Unsaid = NonNullable<OrderRow['unsaid']>;

/** Parts of an order that say nothing when they are empty, whether or not the platform's room names them. */
const EMPTY_SAYS_NOTHING: readonly Field[] = ['lines', 'totals', 'personal'];

type Goods = Pick<Order, 'totals' | 'lines'>;

/** What nobody can work without, and an order does not have: a first event may be a bare status. */
const lackingIn = ({ totals, lines }: Goods): ('totals' | 'lines')[] => [
  ...(totals.total === undefined ? (['totals'] as const) : []),
  ...(lines === undefined || lines.length === 0 ? (['lines'] as const) : []),
];

/** Whether an order was never told whole. Its row is not current, whatever its time says. */
export const saysTooLittle = (order: Goods): boolean => lackingIn(order).length > 0;

/** Whether an order has something that another one lacks. */
export function tellsMore(order: Goods, than: Goods): boolean {
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

/** Totals that are not told whole: a zero among them is none that anybody said. */
export const withoutZeros = (totals: Order['totals']): Order['totals'] =>
  Object.fromEntries(Object.entries(totals).filter(([, amount]) => amount !== 0));

/** An observation, or what is known of an order from several. */
interface Told {
  order: Order;
  unsaid: Unsaid;
  standing: Standing;
}

/**
 * The order of an observation, with what it left out taken from what was known before. What it said stands, field by field:
 * a message that masks the buyer's name still tells of a new note.
 */
export function keepKnown(order: Order, unsaid: Unsaid, known: Told): { order: Order; unsaid: Unsaid } {
  const kept = { ...order };
  const sources: Unsaid = {};
  for (const [field, { said }] of Object.entries(unsaid)) {
    const before = known.unsaid[field];
    const isWhole = before === undefined || before.from !== undefined;
    set(kept, field, withNames(order, known.order, field, namesIn(known.order, field, isWhole), said));
    if (before === undefined) {
      sources[field] = { said, from: known.standing };
      continue;
    }
    const told = before.said.map((name): [string, Standing] => [name, known.standing]);
    sources[field] = sourceOf(said, before.from, { ...before.parts, ...Object.fromEntries(told) });
  }
  return { order: kept, unsaid: sources };
}

/**
 * Fills gaps of a row from an observation that is older than it: an order's first news may be a bare status, and an older one
 * may hide a part. Nothing that the row's own observation said is changed, nor what a newer one than this filled in. Undefined
 * when the older one has nothing to add.
 *
 * @param isNewer whether the older observation is newer than one that a gap was filled from before
 */
export function fillGaps(
  known: { order: Order; unsaid: Unsaid },
  older: Told,
  isNewer: (than: Standing) => boolean,
): { order: Order; unsaid: Unsaid } | undefined {
  const filled = { order: { ...known.order }, unsaid: { ...known.unsaid } };
  let added = false;
  for (const [field, gap] of Object.entries(known.unsaid)) {
    if (gap.from !== undefined && !isNewer(gap.from)) continue;
    const newer = Object.entries(gap.parts ?? {}).filter(([, from]) => !isNewer(from));
    const kept = [...gap.said, ...newer.map(([name]) => name)];
    const partly = older.unsaid[field];
    const names = (partly?.said ?? namesIn(older.order, field, true)).filter((name) => !kept.includes(name));
    if (partly !== undefined && names.length === 0) continue;
    added = true;
    // What is told whole has no more names than these; what was filled in from before it is gone.
    const own = partly === undefined ? inPlaceOf(known.order, older.order, field, kept) : known.order;
    set(filled.order, field, withNames(own, older.order, field, names, kept));
    const told = partly === undefined ? [] : names.map((name): [string, Standing] => [name, older.standing]);
    const before = partly === undefined ? newer : Object.entries(gap.parts ?? {});
    const from = partly === undefined ? older.standing : gap.from;
    filled.unsaid[field] = sourceOf(gap.said, from, Object.fromEntries([...before, ...told]));
  }
  return added ? filled : undefined;
}

function sourceOf(
  said: readonly string[],
  from: Standing | undefined,
  parts: Readonly<Record<string, Standing>>,
): UnsaidField {
  const others = Object.entries(parts).filter(([name]) => !said.includes(name));
  return {
    said: [...said],
    ...(from === undefined ? {} : { from }),
    ...(others.length === 0 ? {} : { parts: Object.fromEntries(others) }),
  };
}

/** The value of a field with some of its names taken from another order, but for those that it keeps. */
function withNames(
  own: Partial<Order>,
  other: Order,
  field: string,
  names: readonly string[],
  kept: readonly string[],
): unknown {
  const [value, older] = [partOf(own, field), partOf(other, field)];
  if (Array.isArray(value) && Array.isArray(older) && kept.includes(ITSELF))
    return value.map((one) => ofSameId(one, older));
  if (isObject(older)) {
    const taken = names.filter((name) => !kept.includes(name)).map((name) => [name, older[name]]);
    return { ...(isObject(value) ? value : {}), ...Object.fromEntries(taken) };
  }
  return names.includes(ITSELF) && !kept.includes(ITSELF) ? older : value;
}

/** A line or parcel with what the older one of the same id says beyond it. */
function ofSameId(own: unknown, older: readonly unknown[]): unknown {
  const id = idOf(own);
  const match = older.find((one) => id !== undefined && idOf(one) === id);
  if (!isObject(own) || !isObject(match)) return own;
  const said = Object.entries(own).filter(([, value]) => says(value));
  return { ...own, ...match, ...Object.fromEntries(said) };
}

function idOf(value: unknown): unknown {
  return isObject(value) ? (value.lineId ?? value.parcelId) : undefined;
}

/**
 * The order with no more of a field than some of its names, and what says nothing: its own, or that of the order which tells
 * the field whole, for no name may be missing that both leave open.
 */
function inPlaceOf(order: Order, whole: Order, field: string, names: readonly string[]): Partial<Order> {
  const value = partOf(order, field);
  const only = { ...order };
  if (isObject(value)) {
    const silent = Object.entries(partOf(whole, field) ?? {}).filter(([, one]) => !says(one));
    const left = Object.entries(value).filter(([name, one]) => names.includes(name) || !says(one));
    set(only, field, Object.fromEntries([...silent, ...left]));
  }
  // An order has a currency, and lines that were told in part are kept.
  else if (!names.includes(ITSELF) && field !== 'currency' && !Array.isArray(value))
    set(only, field, undefined);
  return only;
}

function set(order: object, field: string, value: unknown): void {
  if (value === undefined) delete (order as Record<string, unknown>)[field];
  else (order as Record<string, unknown>)[field] = value;
}

/** The name of what a value that is no object says. */
const ITSELF = 'itself';

/** Names of what a field says; told whole, an empty list says that there is nothing. */
function namesIn(order: Order, field: string, isWhole: boolean): string[] {
  const value = partOf(order, field);
  return isWhole && Array.isArray(value) ? [ITSELF] : namesOf(value);
}

function namesOf(value: unknown): string[] {
  if (isObject(value)) return Object.keys(value).filter((key) => says(value[key]));
  return says(value) ? [ITSELF] : [];
}

/** Names of what a field says that is not told whole. */
function saidOf(value: unknown, field: string): string[] {
  // A sender that names no currency has it guessed for it.
  return field === 'currency' ? [] : namesOf(value);
}

const says = (value: unknown): boolean =>
  value !== undefined && value !== 'unknown' && value !== '' && !(Array.isArray(value) && value.length === 0);
const isEmpty = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.keys(value).length === 0);
const partOf = (order: Partial<Order>, field: string): unknown => (order as Record<string, unknown>)[field];
