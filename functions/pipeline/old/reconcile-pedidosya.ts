import { createHash } from 'node:crypto';
import type { OrderKey, OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, OrderPage, OrderPageRequest } from '../../platforms/pedidosya/client/orders.ts';
import { WINDOW_MS } from '../../platforms/pedidosya/client/time-windows.ts';
import { normalisePedidosyaOrder } from '../../platforms/pedidosya/normalise.ts';
import { sendsWebhook } from '../../platforms/pedidosya/order/announced.ts';
import type { PedidosyaSettings } from '../../platforms/settings.ts';
import { mapConcurrent } from '../../runtime/concurrency.ts';
import { describeError } from '../batch.ts';
import { type OrderWriter, quarantine, quarantineId, upsertOrder } from '../order-writer.ts';
import { days, minutes, type Scan } from '../reconcile/scan-plan.ts';
import type { Session, Slice, Source } from '../reconcile/source.ts';

export interface PedidosyaScan extends Scan {
  /** The outlet's name in paths. */
  vendor: string;
  pickingMode: PedidosyaSettings['stores'][number]['pickingMode'];
}

/** One page of an outlet's orders, by a client that takes its calls from `admit`. */
export type ListPedidosyaOrders = (
  request: OrderPageRequest,
  calls: { correlationId: string; admit: () => Promise<void> },
) => Promise<OrderPage>;

export interface PedidosyaSourceParts extends OrderWriter {
  settings: PedidosyaSettings;
  listPage: ListPedidosyaOrders;
}

/** The client gives up after 20 s, a token may have to be fetched before; the rest is for recording a page. */
const SLOWEST_PAGE_MS = 75_000;
/** Webhooks are tried again for about a minute only (Partner API, frequent questions): later, nothing is under way any more. */
const SETTLE_MINUTES = 3;
const PAGE_SIZE = 500;
/** How far back orders are listed: 60 days, less one for clocks and zones. */
const KEPT_DAYS = 59;
const ROWS_AT_ONCE = 10;
const CLOCK_MARGIN_MS = 1000;

/**
 * What a PedidosYa chain has and the table lacks, or has older, outlet by outlet. A list carries whole orders, so what
 * differs is recorded at once.
 */
export function pedidosyaSource(parts: PedidosyaSourceParts): Source<PedidosyaScan> {
  return {
    platform: 'pedidosya',
    storeId: parts.settings.chainId,
    scans: scansOf(parts.settings),
    slowestCallMs: SLOWEST_PAGE_MS,
    async compare(slice, session) {
      const { vendor } = slice.scan;
      let safe = true;
      let askedAt = parts.clock.now();
      const admit = async () => {
        await session.budget.take();
        askedAt = parts.clock.now();
      };
      for (let page = 1; ; page += 1) {
        const request = { vendor, from: slice.from, to: slice.to, page, pageSize: PAGE_SIZE };
        const { orders, last } = await parts.listPage(request, { correlationId: session.runId, admit });
        safe = (await comparePage(parts, session, slice, orders, askedAt)) && safe;
        if (last) return safe;
      }
    },
  };
}

function scansOf({ stores, reconcile }: PedidosyaSettings): PedidosyaScan[] {
  return stores.flatMap(({ storeId, ownCode, pickingMode }) => {
    const common = {
      vendor: ownCode ?? storeId,
      pickingMode,
      keptMs: days(KEPT_DAYS),
      quietPeriodMs: minutes(SETTLE_MINUTES),
      longestSliceMs: WINDOW_MS,
    };
    const recent = {
      name: `recent#${storeId}`,
      order: 0,
      everyMs: 0,
      lookbackMs: minutes(reconcile.overlapMinutes),
      firstMs: days(reconcile.firstDays),
    };
    // Should the list be filtered by creation, a late change of an old order shows up here only.
    const deep = {
      name: `deep#${storeId}`,
      order: 1,
      everyMs: days(1),
      lookbackMs: days(reconcile.deepDays),
      firstMs: days(reconcile.deepDays),
    };
    return [
      { ...common, ...recent },
      { ...common, ...deep },
    ];
  });
}

async function comparePage(
  parts: PedidosyaSourceParts,
  session: Session,
  slice: Slice<PedidosyaScan>,
  orders: readonly ListedOrder[],
  askedAt: EpochMs,
): Promise<boolean> {
  let safe = true;
  await mapConcurrent(ROWS_AT_ONCE, orders, async (listed) => {
    session.stats.seen();
    try {
      await compareOrder(parts, session, slice, listed, askedAt);
    } catch (error) {
      safe = false;
      const order = listed.orderId ?? 'no id';
      session.stats.found('failed', order);
      parts.log.error('an order could not be compared or recorded; the next run meets it again', {
        order,
        error: describeError(error),
      });
    }
  });
  return safe;
}

async function compareOrder(
  parts: PedidosyaSourceParts,
  session: Session,
  slice: Slice<PedidosyaScan>,
  listed: ListedOrder,
  askedAt: EpochMs,
): Promise<void> {
  const bytes = Buffer.from(listed.raw, 'utf8');
  const found = {
    platform: 'pedidosya',
    storeId: parts.settings.chainId,
    queued: {
      message: { receivedAt: askedAt, correlationId: `${session.runId}-${listed.orderId ?? 'no-id'}` },
      bytes,
    },
    origin: 'reconcile',
  } as const;
  const unreadable = async (reason: 'missing-id' | 'foreign-store', problem: string): Promise<void> => {
    const platformOrderId = quarantineId(bytes);
    if (isInSight(await parts.orders.get({ ...found, platformOrderId }), bytes)) return;
    session.stats.found('failed', listed.orderId ?? platformOrderId);
    if (!session.dryRun) await quarantine(parts, { ...found, reason, problem });
  };
  if (listed.orderId === undefined) return unreadable('missing-id', 'order_id is missing in the list');
  const key: OrderKey = {
    platform: 'pedidosya',
    storeId: parts.settings.chainId,
    platformOrderId: listed.orderId,
  };
  const row = await parts.orders.get(key);
  if (isCurrent(row, listed, askedAt) || session.repaired.has(listed.orderId)) return;
  const read = normalisePedidosyaOrder(listed.json, parts.settings);
  if (!read.ok && read.reason === 'foreign-store') return unreadable(read.reason, read.problem);
  session.repaired.add(listed.orderId);
  if (!read.ok) {
    if (isInSight(row, bytes)) return;
    session.stats.found('failed', listed.orderId);
  } else session.stats.found(row === undefined ? 'missing' : 'stale', listed.orderId);
  if (session.dryRun) return;
  const { outcome } = await upsertOrder(parts, {
    key,
    reading: read.ok ? read : { review: { reason: read.reason, problem: read.problem } },
    observedAt: askedAt,
    receivedAt: askedAt,
    origin: 'reconcile',
    correlationId: found.queued.message.correlationId,
    bytes,
  });
  if (outcome === 'created' || outcome === 'updated')
    session.stats.repaired({ lost: wasLost(row, listed, slice, askedAt) });
}

/** What was not understood is kept once: the same bytes would say the same again. */
function isInSight(row: OrderRow | undefined, bytes: Uint8Array): boolean {
  if (row?.state !== 'needs-review') return false;
  return row.raw === undefined || row.raw.sha256 === sha256(bytes);
}

/** True when the table has what the list says, or newer. */
function isCurrent(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): boolean {
  if (row?.order === undefined || row.state === 'needs-review') return false;
  if (row.observedAt > askedAt + CLOCK_MARGIN_MS) return true;
  const sameWord = row.order.platformStatus.status === listed.status;
  if (listed.updatedAt === undefined) return sameWord;
  const changedAt = Date.parse(listed.updatedAt);
  if (row.sourceTime === undefined) return false;
  return row.sourceTime > changedAt || (row.sourceTime === changedAt && sameWord);
}

/** A state that the platform should have sent us, that it had the time to send, and that it did not send. */
function wasLost(
  row: OrderRow | undefined,
  { status, updatedAt }: ListedOrder,
  { scan, since }: Slice<PedidosyaScan>,
  askedAt: EpochMs,
): boolean {
  if (status === undefined || updatedAt === undefined) return false;
  const changedAt = Date.parse(updatedAt);
  const due = changedAt > since && changedAt < askedAt - scan.quietPeriodMs;
  return due && row?.order?.platformStatus.status !== status && sendsWebhook(scan.pickingMode, status);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
