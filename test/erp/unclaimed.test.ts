import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { findUnclaimed } from '../../functions/erp/unclaimed.ts';
import { createOrderClaims, readVersions } from '../../functions/storage/order-claims.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { claimsFinding } from '../../ops/doctor/way-back-findings.ts';
import { merchantWith } from '../lib/assembly.ts';
import { rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const MINUTE_MS = 60_000;
const tables = localTables();
const clock = movedClock();
const ago = (minutes: number): string => isoTime(clock.now() - minutes * MINUTE_MS);

interface Written {
  /** Minutes since it changed last. */
  changed: number;
  placed?: number;
  version?: number;
  /** The version that its claims have; absent where the tracker never followed it. */
  claimed?: number;
  row?: Partial<OrderRow>;
}

let stores = 0;

/** A store of its own with these orders, as the sweep looks at it. */
async function storeWith(orders: readonly Written[], since?: string) {
  stores += 1;
  const storeId = `s${stores}`;
  const { client, table } = tables;
  const claims = createOrderClaims(client, table);
  for (const [at, { changed, placed = changed, version = 1, claimed, row: more }] of orders.entries()) {
    const row = rowOf(String(at), { storeId, changedAt: ago(changed), version });
    const order = { ...row.order!, storeId, placedAt: ago(placed) };
    await createOrderStore(client, table).put({ ...row, order, ...more }, 0);
    if (claimed !== undefined) await claims.put(row, { version: claimed, bookings: [], lines: {} }, 0);
  }
  const { platform } = rowOf('1', {});
  const read = readVersions(client, table);
  const reads: string[] = [];
  const look = {
    index: createOrderIndex(client, table),
    versions: async (key: Parameters<typeof read>[0]) => {
      reads.push(key.platformOrderId);
      return read(key);
    },
    stores: [{ platform, storeId }],
    since,
    followed: new Set<string>(),
  };
  const metrics = countingMetrics();
  const sweep = () => findUnclaimed(look, { clock, metrics, log: keptLog() });
  return { sweep, reads, look, told: () => metrics.total('StockClaimsMissing') };
}

describe('a tracker that nobody runs', () => {
  it.each<[string, Written[], number]>([
    ['an order was never followed', [{ changed: 6 }], 1],
    ['an order was edited since it was followed', [{ changed: 6, version: 2, claimed: 1 }], 1],
    [
      'an order was followed, and the next were not',
      [{ changed: 30, claimed: 1 }, { changed: 8 }, { changed: 6 }],
      2,
    ],
    [
      'an older order was not, and a later one says nothing new',
      [{ changed: 8 }, { changed: 6, claimed: 1 }],
      1,
    ],
    ['the stream keeps the change no longer', [{ changed: 3_000 }], 1],
  ])('is told where %s', async (_, orders, count) => {
    const { sweep, told } = await storeWith(orders);

    await sweep();

    expect(told()).toBe(count);
  });

  it('is red for the operator, with the article that helps', async () => {
    const { look } = await storeWith([{ changed: 6 }]);
    const control = { ...tables, clock };
    const context = { ...look, control, merchant: merchantWith({ stock: {} }), outputs: () => tables.table };

    const findings = await claimsFinding(context);

    expect(findings).toEqual([
      expect.objectContaining({ level: 'red', next: 'Follow the runbook, "stock-claims-missing".' }),
    ]);
  });
});

describe('nothing is told', () => {
  it.each<[string, Written[]]>([
    ['of a change that may be on its way', [{ changed: 4 }]],
    ['of an order that was followed', [{ changed: 6, version: 3, claimed: 3 }]],
    ['of an order that was placed before they are followed', [{ changed: 6, placed: 600 }]],
    [
      'of what could never be read',
      [{ changed: 6, row: { order: undefined, version: 0, state: 'needs-review' } }],
    ],
  ])('%s', async (_, orders) => {
    const { sweep, told } = await storeWith(orders, ago(500));

    await sweep();

    expect(told()).toBe(0);
  });

  it('and nothing is read again of what was found followed', async () => {
    const { sweep, reads } = await storeWith([{ changed: 6, claimed: 1 }]);
    await sweep();

    await sweep();

    expect(reads).toEqual(['0']);
  });
});
