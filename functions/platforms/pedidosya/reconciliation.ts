import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, Reconciliation, Verdict } from '../resource.ts';
import type { Scan } from '../scan.ts';
import { WINDOW_MS } from './client/orders.ts';
import { LISTED_DAYS } from './listed-days.ts';
import { sendsWebhook } from './order/schema.ts';
import type { PedidosyaReads } from './reads.ts';
import type { PedidosyaChain } from './settings.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PAGE_SIZE = 500;
/** Webhooks are tried again for about a minute only (Partner API, frequent questions): later, nothing is under way any more. */
const QUIET_MINUTES = 3;
/** Clocks of the table's writers may be this far apart (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * What a chain has and the table lacks, or has older, outlet by outlet. A list carries whole orders, so what differs is
 * recorded at once.
 */
export const reconciliation: Reconciliation<PedidosyaChain, PedidosyaReads> = {
  lists: 'orders',
  everyMinutes: ({ settings }) => settings.reconcile.everyMinutes,
  scans: ({ settings }) => settings.stores.flatMap((outlet) => scansOf(outlet, settings)),
  /** The client gives up after 20 s, a token may have to be fetched before; the rest is for recording a page. */
  slowestCallMs: 75_000,
  list: (api, { query: { vendor = '' } }, { from, to }) =>
    api.orders.list({ vendor, from, to, pageSize: PAGE_SIZE }),
  compare,
  sendsWebhook({ settings }, { query }, status) {
    const outlet = settings.stores.find(({ storeId }) => storeId === query.outlet);
    return outlet !== undefined && sendsWebhook(outlet.pickingMode, status);
  },
};

function scansOf(
  { storeId: outlet, ownCode }: PedidosyaChain['stores'][number],
  { reconcile }: PedidosyaChain,
): Scan[] {
  const common = {
    keptMs: LISTED_DAYS * DAY_MS,
    quietPeriodMs: QUIET_MINUTES * MINUTE_MS,
    longestSliceMs: WINDOW_MS,
    // `vendor` is the outlet's name in paths.
    query: { outlet, vendor: ownCode ?? outlet },
  };
  const recent = {
    name: `recent#${outlet}`,
    order: 0,
    everyMs: 0,
    lookbackMs: reconcile.overlapMinutes * MINUTE_MS,
    firstMs: reconcile.firstDays * DAY_MS,
  };
  // Should the list be filtered by creation, a late change of an old order shows up here only.
  const deep = {
    name: `deep#${outlet}`,
    order: 1,
    everyMs: DAY_MS,
    lookbackMs: reconcile.deepDays * DAY_MS,
    firstMs: reconcile.deepDays * DAY_MS,
  };
  return [
    { ...common, ...recent },
    { ...common, ...deep },
  ];
}

function compare(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): Verdict {
  if (isCurrent(row, listed, askedAt)) return 'current';
  return row === undefined ? 'missing' : 'stale';
}

/** True when the table has what the list says, or newer. */
function isCurrent(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): boolean {
  if (row?.order === undefined || row.state === 'needs-review') return false;
  if (row.observedAt > askedAt + CLOCK_MARGIN_MS) return true;
  const { changedAt, status } = listed;
  const sameStatus = row.order.platformStatus.status === status.status;
  if (changedAt === undefined) return sameStatus;
  if (row.sourceTime === undefined) return false;
  // A row bounds a time in the future, and keeps beside it what the platform said.
  const stated = Date.parse(row.order.updatedAt ?? '');
  if ([row.sourceTime, stated].includes(changedAt)) return sameStatus;
  // Newer than the list while a push is under way; later on, what a push claimed and the list does not have is not so. Of a
  // push from the future not even its status counts: nothing it said has to be so.
  const believed = sameStatus && !(stated > row.sourceTime);
  return row.sourceTime > changedAt && (believed || row.observedAt > askedAt - QUIET_MINUTES * MINUTE_MS);
}
