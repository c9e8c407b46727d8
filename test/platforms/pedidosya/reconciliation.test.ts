import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../../functions/domain/order-row.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import type { PedidosyaChain } from '../../../functions/platforms/pedidosya/settings.ts';
import type { ListedOrder, ListsOrders } from '../../../functions/platforms/resource.ts';
import { sampleOrder } from '../../support/sample-order.ts';
import { NOON } from '../virtual-time.ts';
import { chainOf } from './harness.ts';

const chain = chainOf();
const reconciliation = pedidosya.resources.order
  .reconciliation as typeof pedidosya.resources.order.reconciliation & ListsOrders<PedidosyaChain>;

describe('the reconciliation', () => {
  it('scans each outlet by its name in paths, lately and deep', () => {
    const scans = reconciliation.scans(chain);

    expect(scans).toHaveLength(8);
    expect(scans.filter(({ query }) => query.outlet === 's8ym')).toMatchObject([
      { name: 'recent#s8ym', order: 0, everyMs: 0, lookbackMs: 86_400_000, firstMs: 30 * 86_400_000 },
      {
        name: 'deep#s8ym',
        order: 1,
        everyMs: 86_400_000,
        lookbackMs: 7 * 86_400_000,
        firstMs: 7 * 86_400_000,
      },
    ]);
    expect(scans.find(({ name }) => name === 'recent#s8ym')).toMatchObject({
      query: { outlet: 's8ym', vendor: 'store-002' },
      keptMs: 59 * 86_400_000,
      quietPeriodMs: 180_000,
      longestSliceMs: 7 * 86_400_000 - 1000,
    });
  });

  it.each([
    ['nbet', 'RECEIVED', true],
    ['nbet', ' dispatched ', true],
    ['nbet', 'PICKED_UP', false],
    ['s8ym', 'RECEIVED', false],
    ['s8ym', 'READY_FOR_PICKUP', true],
    ['s8ym', 'CANCELLED', true],
    ['s8ym', 'DELIVERED', false],
  ])('knows of outlet %s whether a webhook tells of %s: %s', (outlet, status, sent) => {
    const scan = reconciliation.scans(chain).find(({ name }) => name === `recent#${outlet}`)!;

    expect(reconciliation.sendsWebhook(chain, scan, status)).toBe(sent);
  });

  const rowAt = (changes: Partial<OrderRow> = {}): OrderRow => {
    const { personal, ...withoutPersonal } = sampleOrder();
    const row = { state: 'ok', personal, observedAt: NOON - 60_000, sourceTime: NOON, ...changes };
    const updatedAt = new Date(row.sourceTime ?? NOON).toISOString();
    return { order: { ...withoutPersonal, updatedAt }, ...row } as OrderRow;
  };
  const listed = (changes: Partial<ListedOrder> = {}): ListedOrder => ({
    orderId: 'o-1',
    changedAt: NOON,
    status: { status: 'RECEIVED' },
    ...changes,
  });
  const READY = { status: { status: 'READY_FOR_PICKUP' } };
  const timeless = (changes: Partial<ListedOrder> = {}): ListedOrder => {
    const { changedAt: _, ...rest } = listed(changes);
    return rest;
  };
  const claimed = () => rowAt({ sourceTime: NOON + 1000, observedAt: NOON - 240_000 });
  const forged = (): OrderRow => {
    const row = rowAt({ sourceTime: NOON + 1000, observedAt: NOON - 240_000 });
    return { ...row, order: { ...row.order!, updatedAt: '2099-01-01T00:00:00.000Z' } };
  };
  const withoutTime = (): OrderRow => {
    const { sourceTime: _, ...rest } = rowAt();
    return rest as OrderRow;
  };

  /** A row of an order whose stated time lay in the future when it came. */
  const boundedAt = (sourceTime: number): OrderRow => ({ ...rowAt(), sourceTime });

  it.each<[string, OrderRow | undefined, ListedOrder, string]>([
    ['no row', undefined, listed(), 'missing'],
    ['the same time and status', rowAt(), listed(), 'current'],
    ['the same time and another status', rowAt(), listed(READY), 'stale'],
    ['an older row', rowAt({ sourceTime: NOON - 1000 }), listed(), 'stale'],
    ['a newer row', rowAt({ sourceTime: NOON + 1000 }), listed(READY), 'current'],
    ['a row that long since claims what the list has not', claimed(), listed(READY), 'stale'],
    ['a row that claims a later time of the same status', claimed(), listed(), 'current'],
    [
      'a row of a push from the future that the list has not, of the same status',
      forged(),
      listed(),
      'stale',
    ],
    ['a row without a time', withoutTime(), listed(), 'stale'],
    ['a list without times, and the same status', rowAt(), timeless(), 'current'],
    ['a list without times, and another status', rowAt(), timeless(READY), 'stale'],
    ['a row that was seen after the list', rowAt({ observedAt: NOON + 1001 }), listed(READY), 'current'],
    ['a row that was seen when the list was', rowAt({ observedAt: NOON + 1000 }), listed(READY), 'stale'],
    ['a row that waits for a person', rowAt({ state: 'needs-review' }), listed(), 'stale'],
    ['a time in the future that the row has bounded', boundedAt(NOON - 60_000), listed(), 'current'],
    ['a time in the future, and another status', boundedAt(NOON - 60_000), listed(READY), 'stale'],
  ])('says by %s: %s', (_, row, entry, verdict) => {
    expect(reconciliation.compare(row, entry, NOON)).toBe(verdict);
  });
});
