import type { EpochMs } from '../../domain/time.ts';
import type { Page } from '../../platforms/nuvemshop/client/paging.ts';
import { type ListedState, readListedState } from '../../platforms/nuvemshop/listed-order.ts';
import type { NuvemshopSettings } from '../../platforms/settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import { mapConcurrent } from '../../runtime/concurrency.ts';
import type { Log } from '../../runtime/log.ts';
import type { Queue } from '../../runtime/queue.ts';
import type { OrderStore } from '../../storage/orders.ts';
import type { PendingFetches } from '../../storage/pending-fetches.ts';
import { days, minutes, type Scan } from '../reconcile/scan-plan.ts';
import type { Session, Slice, Source } from '../reconcile/source.ts';
import { compareNuvemshop } from './reconcile-nuvemshop-compare.ts';

export interface NuvemshopScan extends Scan {
  by: 'updated_at' | 'created_at';
}

/** A stretch of the store's orders, as a client that takes its calls from `admit` lists them. */
export type ListNuvemshopOrders = (
  window: { by: NuvemshopScan['by']; from: Date; to: Date },
  calls: { correlationId: string; admit: () => Promise<void> },
) => AsyncIterable<Page<unknown>>;

export interface NuvemshopSourceParts {
  settings: NuvemshopSettings;
  listOrders: ListNuvemshopOrders;
  orders: Pick<OrderStore, 'get'>;
  pending: Pick<PendingFetches, 'get'>;
  queue: Queue;
  clock: Clock;
  log: Log;
}

/** The client gives up after 30 s; the rest is for 200 comparisons and repairs. */
const SLOWEST_PAGE_MS = 45_000;
/** Live traffic has an event in the table after seconds; a webhook that failed once comes again 5 min later. */
const SETTLE_MINUTES = 3;
const ROWS_AT_ONCE = 10;
/** A fetch whose turn was this long ago (ms) will not come any more. */
const LONG_GONE_MS = 3_600_000;

/**
 * What a Nuvemshop store has and the table lacks, or has older. The list is compared by the times and words it shows; an
 * order that differs is queued to be fetched, where it waits for its turn behind live events without costing anything,
 * and meets whoever else is about to fetch it.
 */
export function nuvemshopSource(parts: NuvemshopSourceParts): Source<NuvemshopScan> {
  return {
    platform: 'nuvemshop',
    storeId: parts.settings.storeId,
    scans: scansOf(parts.settings),
    slowestCallMs: SLOWEST_PAGE_MS,
    async compare(slice, session) {
      let safe = true;
      const { by } = slice.scan;
      let askedAt = parts.clock.now();
      const admit = async () => {
        await session.budget.take();
        askedAt = parts.clock.now();
      };
      const window = { by, from: new Date(slice.from), to: new Date(slice.to) };
      for await (const page of parts.listOrders(window, { correlationId: session.runId, admit })) {
        safe = (await comparePage(parts, session, slice, page, askedAt)) && safe;
      }
      return safe;
    },
  };
}

function scansOf({ reconcile }: NuvemshopSettings): NuvemshopScan[] {
  const common = { keptMs: days(3650), quietPeriodMs: minutes(SETTLE_MINUTES) };
  return [
    {
      ...common,
      name: 'updated',
      by: 'updated_at',
      order: 0,
      everyMs: 0,
      lookbackMs: minutes(reconcile.overlapMinutes),
      firstMs: days(reconcile.firstDays),
      longestSliceMs: days(1),
    },
    {
      // A fulfilment that moved may leave the order's own time behind, so that the first list does not show it.
      ...common,
      name: 'created',
      by: 'created_at',
      order: 1,
      everyMs: days(1),
      lookbackMs: days(reconcile.deepDays),
      firstMs: days(reconcile.deepDays),
      longestSliceMs: days(7),
    },
  ];
}

async function comparePage(
  parts: NuvemshopSourceParts,
  session: Session,
  slice: Slice<NuvemshopScan>,
  { items, unreadable }: Page<unknown>,
  askedAt: EpochMs,
): Promise<boolean> {
  const { stats } = session;
  const listed = items.map(readListedState);
  const nameless = unreadable.length + listed.filter((state) => state === undefined).length;
  if (nameless > 0) {
    // Without an id there is nothing to fetch and no row to make; whoever lists this stretch by hand sees them.
    parts.log.error('listed orders have no id that can be read', { entries: nameless, problems: unreadable });
    for (let entry = 0; entry < nameless; entry += 1) stats.found('failed', `${slice.scan.name}: no id`);
  }
  let safe = true;
  await mapConcurrent(ROWS_AT_ONCE, listed, async (state) => {
    if (state === undefined) return;
    stats.seen();
    try {
      await compareOrder(parts, session, slice, state, askedAt);
    } catch (error) {
      safe = false;
      stats.found('failed', state.orderId);
      parts.log.error('an order could not be compared or queued; the next run meets it again', {
        order: state.orderId,
        error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error',
      });
    }
  });
  return safe;
}

async function compareOrder(
  { orders, pending, queue, clock, settings }: NuvemshopSourceParts,
  { stats, dryRun, eager, runId, repaired }: Session,
  { scan, since }: Slice<NuvemshopScan>,
  listed: ListedState,
  askedAt: EpochMs,
): Promise<void> {
  const { orderId, changedAt } = listed;
  // Orders of the other track's time may have changed just now.
  const settled = changedAt === undefined || changedAt <= askedAt - scan.quietPeriodMs;
  if ((!settled && !eager) || repaired.has(orderId)) return;
  const row = await orders.get({
    platform: 'nuvemshop',
    storeId: settings.storeId,
    platformOrderId: orderId,
  });
  const verdict = compareNuvemshop(row, listed, askedAt);
  if (verdict === 'current') return;
  repaired.add(orderId);
  stats.found(verdict, orderId);
  if (dryRun) return;
  const receivedAt = clock.now();
  // A message that waits for its turn will fetch it: its news arrived, and is only late.
  const fetch = await pending.get(orderId);
  const underWay =
    fetch !== undefined &&
    fetch.staleSince >= (row?.observedAt ?? 0) &&
    fetch.scheduledAt > receivedAt - LONG_GONE_MS;
  await queue.send({
    v: 1,
    kind: 'nuvemshop.refetch',
    correlationId: `${runId}-${orderId}`,
    receivedAt,
    attempts: 0,
    orderId,
    origin: 'reconcile',
    class: 'bulk',
  });
  const promised = settled && changedAt !== undefined && changedAt > since && row?.state !== 'needs-review';
  stats.repaired({ lost: promised && !underWay });
}
