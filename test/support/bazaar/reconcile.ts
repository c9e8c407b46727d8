import * as z from 'zod';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import type { EpochMs, TimeRange } from '../../../functions/domain/time.ts';
import type {
  ListedOrder,
  ListedPage,
  Reconciliation,
  Verdict,
} from '../../../functions/platforms/resource.ts';
import type { Scan } from '../../../functions/platforms/scan.ts';
import { type BazaarClient, TIMEOUT_MS } from './client.ts';
import { bytesOf, idOf } from './read.ts';
import type { BazaarStore } from './settings.ts';

export const minutes = (count: number): number => count * 60_000;
export const days = (count: number): number => minutes(count * 24 * 60);

/** What a list of Bazaar tells: that orders changed, the orders themselves, or which ids there are. */
export type Lists = Reconciliation['lists'];

export function reconciliationOf(lists: Lists): Reconciliation<BazaarStore, BazaarClient> {
  const base = {
    everyMinutes: ({ settings }: { settings: BazaarStore }) => settings.reconcile.everyMinutes,
    off: ({ settings }: { settings: BazaarStore }) =>
      settings.reconcile.off ? 'reconcile.off is set in the configuration' : undefined,
    /** One call, and the repair of a page of orders. */
    slowestCallMs: TIMEOUT_MS + 20_000,
  };
  if (lists === 'ids') {
    return {
      ...base,
      lists,
      scans: () => [IDS],
      async listIds(api) {
        const ids = await api.orderIds();
        const readable = ids.filter((id) => typeof id === 'string' && id !== '') as string[];
        return { ids: readable, unreadable: ids.length - readable.length };
      },
      /** Two polls have the time to bring an order. */
      patienceMs: ({ settings }) => 2 * minutes(settings.poll.everyMinutes),
      mismatchRemedy: 'tell Bazaar',
    };
  }
  const list = async function* (api: BazaarClient, { query }: Scan, range: TimeRange) {
    for await (const orders of api.orders(query.by ?? 'updated', range)) yield pageOf(orders);
  };
  const common = { ...base, scans: () => [UPDATED, PLACED], list, compare };
  return lists === 'changes'
    ? { ...common, lists }
    : { ...common, lists, sendsWebhook: (_store, _scan, status) => status !== 'packed' };
}

const REACH = { keptMs: days(59), quietPeriodMs: minutes(3) };
const UPDATED: Scan = {
  ...REACH,
  name: 'updated',
  order: 0,
  everyMs: 0,
  lookbackMs: minutes(60),
  firstMs: days(3),
  longestSliceMs: days(1),
  query: { by: 'updated' },
};
/** Some changes leave the time of change as it was: looked over once a day. */
const PLACED: Scan = {
  ...REACH,
  name: 'placed',
  order: 1,
  everyMs: days(1),
  lookbackMs: days(7),
  firstMs: days(7),
  longestSliceMs: days(7),
  query: { by: 'placed' },
};
/** The list of ids knows no times: one slice is the whole of it. */
const IDS: Scan = {
  name: 'ids',
  order: 0,
  everyMs: 0,
  lookbackMs: days(8),
  firstMs: days(8),
  keptMs: days(9),
  longestSliceMs: days(30),
  quietPeriodMs: 0,
  query: {},
};

const entry = z.looseObject({ status: z.string().optional(), updated: z.string().optional() });

function pageOf(orders: readonly unknown[]): ListedPage {
  const read = orders.map((json) => ({ json, entry: entry.safeParse(json) }));
  return {
    orders: read.flatMap(({ json, entry: { data } }): ListedOrder[] => {
      if (data === undefined) return [];
      const id = idOf(json);
      const changedAt = Date.parse(data.updated ?? '');
      return [
        {
          ...(id === undefined ? {} : { orderId: id }),
          ...(Number.isNaN(changedAt) ? {} : { changedAt }),
          status: data.status === undefined ? {} : { status: data.status },
          whole: { json, bytes: bytesOf(json) },
        },
      ];
    }),
    unreadable: read.filter(({ entry }) => !entry.success).map(() => 'the entry is no order'),
  };
}

/** What the list showed a moment ago and could not be fetched is worth another look. */
const WORTH_ANOTHER_LOOK: readonly (string | undefined)[] = [
  'not-found-at-platform',
  'platform-keeps-failing',
];

function compare(row: OrderRow | undefined, { changedAt, status }: ListedOrder, askedAt: EpochMs): Verdict {
  if (row === undefined) return 'missing';
  if (row.observedAt > askedAt) return 'current';
  if (WORTH_ANOTHER_LOOK.includes(row.review?.reason)) return 'stale';
  if (row.order === undefined || row.state === 'needs-review')
    return changedAt !== undefined && row.observedAt < changedAt ? 'stale' : 'current';
  if (changedAt !== undefined && (row.sourceTime ?? 0) < changedAt) return 'stale';
  const sooner = changedAt !== undefined && changedAt < (row.sourceTime ?? 0);
  return sooner || status.status === row.order.platformStatus.status ? 'current' : 'stale';
}
