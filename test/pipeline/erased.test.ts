import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge } from '../../functions/domain/merge.ts';
import type { Observation } from '../../functions/domain/observation.ts';
import type { Order } from '../../functions/domain/order.ts';
import type { MergeRules, OrderKey } from '../../functions/domain/order-row.ts';
import { ORIGINS, type OrderRow } from '../../functions/domain/order-row.ts';
import { type OrderWriter, upsertOrder } from '../../functions/pipeline/order-writer.ts';
import { eraseOrder, withoutPerson } from '../../functions/pipeline/privacy/erase.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { sampleOrder } from '../support/sample-order.ts';

const tables = localTables();
const RULES: MergeRules = { truth: 'fetched', finalStatuses: new Set(['cancelled']) };
const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const WHY = { because: 'customer-request', request: 'c-privacy' } as const;

const order = (id: string, seconds: number, omitsPerson = false): Order =>
  sampleOrder({
    platform: 'bazaar',
    storeId: '1',
    platformOrderId: id,
    totals: { goods: 1000, discount: 0, shipping: 0, fees: 0, tax: 0, total: 1000 + seconds },
    updatedAt: new Date(NOW + seconds * 1000).toISOString(),
    personal: omitsPerson ? { note: 'For Invented Person' } : { name: 'Invented Person' },
  });
const keyOf = (platformOrderId: string) => ({ platform: 'bazaar', storeId: '1', platformOrderId }) as const;

const eraser = (deps: OrderWriter) => ({
  ...deps,
  commands: createCommandStore({ ...tables, clock: deps.clock }),
  emails: createEmails(tables.client, tables.table),
});

const step = fc.oneof(
  { weight: 1, arbitrary: fc.constant('erase' as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      seconds: fc.integer({ min: 0, max: 20 }),
      observedAt: fc.integer({ min: 0, max: 20 }),
      origin: fc.constantFrom(...ORIGINS),
      what: fc.constantFrom('order', 'partial', 'needs-review'),
      raw: fc.constantFrom('aa', 'bb'),
    }),
  },
);

describe('an order whose personal data was erased', () => {
  it('never has it again, in whatever order observations of it come', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 14 }), (steps) => {
        let row: OrderRow | undefined;
        for (const [index, one] of steps.entries()) {
          const now = NOW + index * 1000;
          if (one === 'erase') {
            if (row !== undefined && row.erased === undefined) row = withoutPerson(row, { ...WHY, at: now });
          } else row = merge(row, observationOf(one), now, RULES).row ?? row;
          if (row?.erased !== undefined) expect(JSON.stringify(row)).not.toMatch(/Person|sha256/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('follows the platform all the same', () => {
    const seen = merge(
      undefined,
      observationOf({ seconds: 1, observedAt: 1, what: 'order' }),
      NOW,
      RULES,
    ).row;
    const erased = withoutPerson(seen!, { ...WHY, at: NOW });

    const again = merge(erased, observationOf({ seconds: 1, observedAt: 2, what: 'order' }), NOW, RULES);
    const later = merge(erased, observationOf({ seconds: 9, observedAt: 9, what: 'order' }), NOW, RULES);

    expect(again.outcome).toBe('unchanged');
    expect(later).toMatchObject({
      outcome: 'updated',
      row: { order: { totals: { total: 1009 } }, erased: WHY, version: 3 },
    });
  });

  it('has no bytes of the platform left, also when nothing comes of it any more', async () => {
    const deps = writer();
    await upsertOrder(deps, observed('silent', 1));

    await eraseOrder(eraser(deps), keyOf('silent'), WHY);

    expect(await deps.raws.list(keyOf('silent'))).toEqual([]);
  });

  it('has no bytes of the platform left, and gets no new ones', async () => {
    const deps = writer();
    await upsertOrder(deps, observed('bytes', 1));

    await eraseOrder(eraser(deps), keyOf('bytes'), WHY);
    await upsertOrder(deps, observed('bytes', 2));
    await upsertOrder(deps, observed('bytes', 1));

    expect(await deps.raws.list(keyOf('bytes'))).toEqual([]);
    expect(await deps.orders.get(keyOf('bytes'))).toMatchObject({ order: { totals: { total: 1002 } } });
  });

  it('stays without them when the erasure comes in the middle of an observation', async () => {
    // Arrange: after the bytes were kept and before the row is written.
    for (const seconds of [0, 5]) {
      const id = `middle-${seconds}`;
      const deps = writer();
      await upsertOrder(deps, observed(id, 3));
      const put: OrderWriter['raws']['put'] = async (key, bytes) => {
        await eraseOrder(eraser(deps), key as OrderKey, WHY);
        return deps.raws.put(key, bytes);
      };

      // Act
      await upsertOrder({ ...deps, raws: { ...deps.raws, put } }, observed(id, seconds));

      // Assert
      expect(await deps.raws.list(keyOf(id))).toEqual([]);
      expect(JSON.stringify(await deps.orders.get(keyOf(id)))).not.toContain('Person');
    }
  });

  it('is remembered when it was not here yet', async () => {
    const deps = writer();

    const first = await eraseOrder(eraser(deps), keyOf('later'), WHY);
    const second = await eraseOrder(eraser(deps), keyOf('later'), WHY);
    await upsertOrder(deps, observed('later', 1));

    expect([first, second]).toEqual(['not-held', 'erased-before']);
    const row = await deps.orders.get(keyOf('later'));
    expect(row).toMatchObject({ state: 'ok', version: 1, order: { status: 'received' } });
    expect(JSON.stringify(row)).not.toContain('Person');
  });

  it('ends without its person when erasure and twenty observations race', async () => {
    // Arrange
    const id = 'race';
    const again = async (seconds: number): Promise<void> => {
      await upsertOrder(writer(), observed(id, seconds)).catch(() => again(seconds));
    };
    const erase = async (): Promise<void> => {
      await eraseOrder(eraser(writer()), keyOf(id), WHY).catch(erase);
    };

    // Act
    await Promise.all([...Array.from({ length: 20 }, (_, seconds) => again(seconds)), erase()]);

    // Assert
    const row = await writer().orders.get(keyOf(id));
    expect(row?.order?.totals.total).toBe(1019);
    expect(JSON.stringify(row)).not.toContain('Person');
    expect(await writer().raws.list(keyOf(id))).toEqual([]);
  });
});

function writer(): OrderWriter {
  const clock = movedClock(NOW);
  const { client, table } = tables;
  return {
    orders: createOrderStore(client, table),
    raws: createRawStore({ client, table, days: 90, now: clock.now }),
    metrics: countingMetrics(),
    log: keptLog(),
    clock,
    rules: RULES,
  };
}

function observed(id: string, seconds: number) {
  return {
    key: keyOf(id),
    reading: { order: order(id, seconds) },
    observedAt: NOW + seconds * 10_000,
    receivedAt: NOW,
    origin: 'webhook',
    correlationId: `c-${id}-${seconds}`,
    bytes: Buffer.from(JSON.stringify(order(id, seconds))),
  } as const;
}

function observationOf(one: {
  seconds: number;
  observedAt: number;
  what: string;
  origin?: Observation['origin'];
  raw?: string;
}): Observation {
  const reading: Observation['reading'] =
    one.what === 'needs-review'
      ? { review: { reason: 'schema-mismatch', problem: 'x' } }
      : one.what === 'partial'
        ? { order: order('o', one.seconds, true), omitted: ['personal'] }
        : { order: order('o', one.seconds) };
  return {
    key: keyOf('o'),
    reading,
    observedAt: NOW + one.observedAt * 1000,
    origin: one.origin ?? 'webhook',
    correlationId: 'c',
    raw: { sha256: one.raw ?? 'aa', bytes: 1, chunkCount: 1 },
  };
}
