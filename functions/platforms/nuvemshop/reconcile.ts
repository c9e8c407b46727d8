import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { ReviewReason } from '../../domain/order.ts';
import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, Reconciliation, Verdict } from '../resource.ts';
import type { Scan } from '../scan.ts';
import type { Store } from '../store.ts';
import { LISTED_DAYS } from './listed-days.ts';
import { type NuvemshopTime, time as orderTime } from './order/fields.ts';
import { numericIdSchema } from './order/schema.ts';
import { latest, readOrderTime } from './order/times.ts';
import type { NuvemshopReads } from './reads.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The client gives up after 30 s; the rest is for 200 comparisons and repairs. */
const SLOWEST_PAGE_MS = 45_000;
/** Live traffic has an event in the table after seconds; a webhook that failed once comes again 5 min later. */
const QUIET_PERIOD_MINUTES = 3;
/** Instances' clocks differ by up to this (ms). */
const CLOCK_MARGIN_MS = 1000;
/** When only a status differs and no time does, one fetch an hour is enough: should list and detail disagree, it stays one (ms). */
const SAME_TIME_AGAIN_MS = 3_600_000;
/** Rows that another look may mend: the list just showed that the order exists. */
const WORTH_ANOTHER_LOOK: ReadonlySet<ReviewReason> = new Set<ReviewReason>([
  'not-found-at-platform',
  'platform-keeps-failing',
]);

type Changes = Extract<Reconciliation<NuvemshopStoreSettings, NuvemshopReads>, { lists: 'changes' }>;

/**
 * What a Nuvemshop store has and the table lacks, or has older. The list is compared by the times and statuses it shows; an
 * order that differs is fetched.
 */
export const reconciliation: Changes = {
  lists: 'changes',
  everyMinutes: ({ settings }) => settings.reconcile.everyMinutes,
  scans: scansOf,
  slowestCallMs: SLOWEST_PAGE_MS,
  async *list(api, { query }, { from, to }) {
    const by = query.by === 'created_at' ? 'created_at' : 'updated_at';
    const window = { by, from: new Date(from), to: new Date(to) } as const;
    for await (const { items, unreadable } of api.orders.listWithin(window, { fields: [...CHANGE_FIELDS] }))
      yield { orders: items.map((item) => readListedOrder(item) ?? { status: {} }), unreadable };
  },
  compare,
};

function scansOf({ settings: { reconcile } }: Store<NuvemshopStoreSettings>): Scan[] {
  const common = { keptMs: LISTED_DAYS * DAY_MS, quietPeriodMs: QUIET_PERIOD_MINUTES * MINUTE_MS };
  return [
    {
      ...common,
      name: 'updated',
      query: { by: 'updated_at' },
      order: 0,
      everyMs: 0,
      lookbackMs: reconcile.overlapMinutes * MINUTE_MS,
      firstMs: reconcile.firstDays * DAY_MS,
      longestSliceMs: DAY_MS,
    },
    {
      // A fulfilment that moved may leave the order's own time behind, so that the first list does not show it.
      ...common,
      name: 'created',
      query: { by: 'created_at' },
      order: 1,
      everyMs: DAY_MS,
      lookbackMs: reconcile.deepDays * DAY_MS,
      firstMs: reconcile.deepDays * DAY_MS,
      longestSliceMs: 7 * DAY_MS,
    },
  ];
}

/**
 * Compares what a list says of an order with its row, without fetching anything.
 *
 * The time of the row's content is the latest of several of the order, so it may be later than the list's. A change of
 * the fulfilment alone may leave `updated_at` as it was (Nuvemshop reference, fulfillment orders), so the statuses count
 * as well. Times are whole seconds: a row that was fetched before its second was over may lack a later change of the same
 * second, of which no list tells.
 *
 * @param askedAt epoch ms at which the list was asked for
 */
function compare(
  row: OrderRow | undefined,
  { changedAt, status }: ListedOrder,
  askedAt: EpochMs,
): Verdict | 'unsure' {
  if (row === undefined) return 'missing';
  // Fetched after the list was: the row knows more.
  if (row.observedAt > askedAt + CLOCK_MARGIN_MS) return 'current';
  if (row.review !== undefined && WORTH_ANOTHER_LOOK.has(row.review.reason)) return 'stale';
  if (row.order === undefined || row.state === 'needs-review') {
    // Seen in this state and not understood: the same bytes would say the same.
    return changedAt !== undefined && row.observedAt < changedAt ? 'stale' : 'current';
  }
  if (changedAt !== undefined && (row.sourceTime === undefined || row.sourceTime < changedAt)) return 'stale';
  if (row.observedAt <= askedAt - SAME_TIME_AGAIN_MS && mayGetParcels(row, askedAt)) return 'stale';
  const known = row.order.platformStatus;
  const sameStatus =
    (status.status === undefined || status.status === known.status) &&
    status.payment === known.payment &&
    status.fulfilment === known.fulfilment;
  if (!sameStatus && row.observedAt <= askedAt - SAME_TIME_AGAIN_MS) return 'stale';
  return changedAt !== undefined && row.observedAt < changedAt + SECOND_MS + CLOCK_MARGIN_MS
    ? 'unsure'
    : 'current';
}

/** Orders this young may still get parcels (ms); what has none by then is not shipped. */
const YOUNG_MS = 3 * DAY_MS;

function mayGetParcels({ order, incomplete }: OrderRow, askedAt: EpochMs): boolean {
  const placedAt = order?.placedAt === undefined ? undefined : Date.parse(order.placedAt);
  return incomplete === true && placedAt !== undefined && placedAt > askedAt - YOUNG_MS;
}

/** As much of an order as tells whether it changed: a list of 200 stays small, and names nobody. */
const CHANGE_FIELDS = [
  'id',
  'status',
  'payment_status',
  'shipping_status',
  'created_at',
  'updated_at',
  'cancelled_at',
  'closed_at',
  'paid_at',
  'completed_at',
] as const;

const word = lazily(() => z.string().nullish().catch(undefined));
const time = lazily(() => orderTime().catch(undefined));

const schema = lazily(() =>
  z.object({
    id: numericIdSchema(),
    status: word(),
    payment_status: word(),
    shipping_status: word(),
    updated_at: time(),
    cancelled_at: time(),
    closed_at: time(),
    paid_at: time(),
    completed_at: time(),
  }),
);

/** Reads one entry of an order list that was asked for CHANGE_FIELDS; undefined without an id. */
export function readListedOrder(entry: unknown): ListedOrder | undefined {
  const read = schema().safeParse(entry);
  if (!read.success) return undefined;
  const { id, status, payment_status, shipping_status, ...times } = read.data;
  const changed = latest(Object.values<NuvemshopTime>(times).map(readOrderTime));
  return {
    orderId: id,
    ...(changed === undefined ? {} : { changedAt: Date.parse(changed) }),
    status: {
      ...(status ? { status } : {}),
      ...(payment_status ? { payment: payment_status } : {}),
      ...(shipping_status ? { fulfilment: shipping_status } : {}),
    },
  };
}
