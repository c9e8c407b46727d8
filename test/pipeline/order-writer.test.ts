import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../functions/domain/order.ts';
import {
  createOutletWatch,
  type NewObservation,
  type OrderWriter,
  quarantine,
  upsertOrder,
} from '../../functions/pipeline/order-writer.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { sampleOrder } from '../support/sample-order.ts';

const tables = localTables();
const START = Date.parse('2026-11-22T12:00:00.000Z');

function writer(): OrderWriter & {
  metrics: ReturnType<typeof countingMetrics>;
  log: ReturnType<typeof keptLog>;
} {
  const clock = movedClock(START);
  return {
    orders: createOrderStore(tables.client, tables.table),
    raws: createRawStore({ client: tables.client, table: tables.table, days: 90, now: clock.now }),
    metrics: countingMetrics(),
    log: keptLog(),
    clock,
    rules: { truth: 'pushed', finalStatuses: new Set(['cancelled']) },
  };
}

function seen(id: string, second: number, change: Partial<Order> = {}): NewObservation {
  const order = sampleOrder({
    platform: 'bazaar',
    platformOrderId: id,
    totals: { goods: 1000, discount: 0, shipping: 0, fees: 0, tax: 0, total: 1000 + second },
    updatedAt: new Date(START + second * 1000).toISOString(),
    personal: { name: 'Invented Person', email: 'invented@example.com' },
    ...change,
  });
  return {
    key: { platform: 'bazaar', storeId: 'chain', platformOrderId: id },
    reading: { order },
    observedAt: START,
    receivedAt: START - 2000,
    origin: 'webhook',
    correlationId: `c-${id}-${second}`,
    bytes: Buffer.from(JSON.stringify({ id, second })),
  };
}

describe('an observation that is written', () => {
  it('keeps the bytes, their hash, the origin and a version beside the order', async () => {
    const deps = writer();

    await upsertOrder(deps, seen('kept', 1));

    const row = await deps.orders.get(seen('kept', 1).key);
    expect(row).toMatchObject({
      version: 1,
      origin: { first: { via: 'webhook' }, lagMs: -1000 },
      correlationId: 'c-kept-1',
    });
    const bytes = await deps.raws.get(seen('kept', 1).key, row!.raw!);
    expect(Buffer.from(bytes!).toString()).toBe('{"id":"kept","second":1}');
    expect(deps.metrics.total('OrderCreated')).toBe(1);
    expect(deps.metrics.total('OrderLagSeconds')).toBe(2);
  });

  it('ends in the newest content when twenty writers race with observations of different times', async () => {
    // Arrange
    const observations = Array.from({ length: 20 }, (_, second) => seen('race', second));
    const again = async (observation: NewObservation): Promise<void> => {
      await upsertOrder(writer(), observation).catch(() => again(observation));
    };

    // Act
    await Promise.all(
      observations.toSorted((a, b) => (a.correlationId < b.correlationId ? 1 : -1)).map(again),
    );

    // Assert
    const row = await writer().orders.get(observations[0]!.key);
    expect(row?.order?.totals.total).toBe(1019);
  });

  it('keeps bytes that are larger than an item', async () => {
    const deps = writer();
    const noise = randomBytes(900_000);

    const { row } = await upsertOrder(deps, { ...seen('large', 1), bytes: noise });

    expect(row!.raw!.chunkCount).toBeGreaterThan(1);
    expect(Buffer.from((await deps.raws.get(row!, row!.raw!))!).equals(noise)).toBe(true);
  });

  it('makes one visible row of something unreadable, however often it comes', async () => {
    const deps = writer();
    const found = {
      platform: 'bazaar',
      storeId: 'chain',
      receivedAt: START,
      correlationId: 'c-odd',
      bytes: Buffer.from('{"odd":true}'),
      origin: 'webhook',
      reason: 'schema-mismatch',
      problem: 'no id',
    } as const;

    const first = await quarantine(deps, found);
    const second = await quarantine(deps, found);

    expect(first.row).toMatchObject({
      state: 'needs-review',
      review: { reason: 'schema-mismatch', problem: 'no id' },
    });
    expect(second.row?.platformOrderId).toBe(first.row?.platformOrderId);
    expect(deps.metrics.total('OrderNeedsReview')).toBe(2);
  });

  it('logs ids, never the person', async () => {
    const deps = writer();

    await upsertOrder(deps, seen('private', 1));

    expect(JSON.stringify(deps.log.lines)).toContain('bazaar#chain#order#private');
    expect(JSON.stringify(deps.log.lines)).not.toMatch(/Invented|example\.com/);
  });
});

describe('an observation that no row can hold', () => {
  /** More parcels than an item has room for, and nothing among them that could be cut. */
  const parcels = Array.from({ length: 6000 }, (_, index) => ({
    parcelId: `parcel-${index}`,
    status: 'unpacked' as const,
    platformStatus: 'in the hands of an invented carrier',
  }));
  const unholdable = (id: string) =>
    seen(id, 1, { fulfilment: { status: 'unpacked', kind: 'delivery', by: 'platform', parcels } });

  it('becomes a row that needs review for its size, with its bytes, and is not tried again', async () => {
    const deps = writer();

    const result = await upsertOrder(deps, unholdable('too-large'));

    expect(result.outcome).toBe('needs-review');
    const row = (await deps.orders.get(unholdable('too-large').key))!;
    expect(row).toMatchObject({
      state: 'needs-review',
      review: { reason: 'too-large', problem: expect.stringMatching(/400 KB|bytes/) as string },
    });
    expect(await deps.raws.get(row, row.raw!)).toBeDefined();
  });

  it('leaves what the row had, and says so once', async () => {
    const deps = writer();
    await upsertOrder(deps, seen('known', 0));
    await upsertOrder(deps, { ...unholdable('known'), observedAt: START + 1000 });
    const first = await deps.orders.get(unholdable('known').key);

    const again = await upsertOrder(deps, { ...unholdable('known'), observedAt: START + 2000 });

    expect(first).toMatchObject({ state: 'needs-review', order: { totals: { total: 1000 } } });
    expect(again.outcome).toBe('unchanged');
    expect(await deps.orders.get(unholdable('known').key)).toEqual(first);
    expect(deps.metrics.total('OrderNeedsReview')).toBe(1);
  });

  it('for a number beyond the table names the field', async () => {
    const deps = writer();
    const line = { lineId: '1', name: 'n', quantity: 1e200, unit: 'unit' as const, unitPrice: 1, total: 1 };

    await upsertOrder(deps, seen('number', 1, { lines: [line] }));

    expect(await deps.orders.get(seen('number', 1).key)).toMatchObject({
      state: 'needs-review',
      review: {
        reason: 'schema-mismatch',
        problem: expect.stringContaining('order.lines.0.quantity') as string,
      },
    });
  });
});

it('an outlet that nobody configured is counted with each order, and told of once a day', () => {
  // Arrange
  const clock = movedClock();
  const metrics = countingMetrics();
  const log = keptLog();
  const outlets = createOutletWatch({ platform: 'shop', metrics, log, clock });
  const unknown = { id: 'zzzz', configured: false };

  // Act
  outlets.saw('chain', { id: 'nbet', configured: true });
  for (let order = 0; order < 3; order += 1) outlets.saw('chain', unknown);
  outlets.saw('chain', { id: 'yyyy', configured: false });
  clock.move(24 * 3_600_000);
  outlets.saw('chain', unknown);

  // Assert
  expect(metrics.total('OutletNotConfigured')).toBe(5);
  expect(log.lines.map(({ fields }) => fields.outlet)).toEqual(['zzzz', 'yyyy', 'zzzz']);
});
