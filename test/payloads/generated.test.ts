import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge } from '../../functions/domain/merge.ts';
import { type Normalised, orderSchema } from '../../functions/domain/order.ts';
import { readingOf } from '../../functions/pipeline/order-writer.ts';
import { imotrizRecordSchema } from '../../functions/platforms/imotriz/page.ts';
import { imotriz } from '../../functions/platforms/imotriz/platform.ts';
import type { Incoming } from '../../functions/platforms/intake.ts';
import { pedidosyaOrderSchema } from '../../functions/platforms/pedidosya/order/schema.ts';
import { pedidosya } from '../../functions/platforms/pedidosya/platform.ts';
import { settingsOf as imotrizSettings, storeOf } from '../platforms/imotriz/harness.ts';
import { CHAIN, chainOf } from '../platforms/pedidosya/harness.ts';
import { grammarOf, payloadCount } from '../support/schema-grammar.ts';

const RUNS = { numRuns: payloadCount(), seed: 20_261_127 };
const NOW = Date.parse('2026-11-27T12:00:00Z');

const words = (...known: string[]) => fc.constantFrom(...known);
const time = fc.oneof(
  words(
    '2026-11-27T12:00:00.000Z',
    '2026-11-27T12:00:00',
    '2999-01-01T00:00:00Z',
    '+275760-09-13T00:00:00.000Z',
  ),
  words('ayer', '27/11/2026', ''),
);

/** An amount as senders write it; the odd ones come by the grammar. */
const amount = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map((cents) => cents / 100),
  words('39.75', '12', ''),
  fc.constantFrom(null, 0, -10, 1e-9),
);
const AMOUNTS = [
  'unit_price',
  'total_price',
  'sub_total',
  'order_total',
  'delivery_fee',
  'service_fee',
  'discount',
]
  .concat([
    'difference_to_minimum',
    'total_taxes',
    'tip',
    'value',
    'amount',
    'discount_amount',
    'container_charge',
  ])
  .concat(['container_deposit', 'quantity', 'weight', 'vat_percent', 'collect_at_pickup']);

/** What becomes of one thing that a platform told us: a row as the table takes it, or a reason for people's eyes. */
function expectRow(item: Incoming): 'order' | 'visible' {
  if (item.kind === 'order') return expectReading(item.reading, item.orderId);
  if (item.kind === 'unreadable') {
    expect(item.problem).not.toBe('');
    return 'visible';
  }
  throw new Error(`nobody expects "${item.kind}" here`);
}

function expectReading(reading: Normalised, orderId: string): 'order' | 'visible' {
  expect(orderId).not.toBe('');
  if (!reading.ok) expect(reading.problem).not.toBe('');
  else orderSchema().parse(reading.order);
  const key = { platform: 'shop', storeId: 's', platformOrderId: orderId };
  const seen = {
    key,
    reading: readingOf(reading),
    observedAt: NOW,
    origin: 'webhook',
    correlationId: 'c',
  } as const;
  const { row } = merge(undefined, seen, NOW, { truth: 'pushed', finalStatuses: new Set() });
  // The table's client refuses numbers beyond 2^53, and the table those with more digits than it has.
  for (const number of numbersIn(row)) {
    expect(Math.abs(number)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(number === 0 || Math.abs(number) >= 1e-130).toBe(true);
  }
  return reading.ok ? 'order' : 'visible';
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Each takes some milliseconds. */
const timeout = 10_000 + RUNS.numRuns * 50;

describe(`of ${RUNS.numRuns} generated payloads`, { timeout }, () => {
  it('each one of PedidosYa is a row, or a visible row with a reason', () => {
    const grammar = {
      words: {
        order_id: fc.uuid(),
        status: words('RECEIVED', 'READY_FOR_PICKUP', 'CANCELLED', 'RETURNED', 'SOMETHING_NEW', '__proto__'),
        chain_id: fc.constant(CHAIN),
        country_code: words('uy', 'AR', 'cl', 'qa'),
        created_at: time,
        updated_at: time,
        pricing_type: words('UNIT', 'KG', 'LITRE'),
        ...Object.fromEntries(AMOUNTS.map((field) => [field, amount])),
      },
      always: ['order_id', 'status', 'pricing', 'quantity', 'unit_price'],
      oddPercent: 1,
    };
    const outcomes = { order: 0, visible: 0 };

    fc.assert(
      fc.property(grammarOf(pedidosyaOrderSchema(), grammar), (json) => {
        const bytes = Buffer.from(JSON.stringify(json) ?? '');
        const { items } = pedidosya.read({ topic: 'webhook', storeId: CHAIN, bytes }, [chainOf()]);
        expect(items).toHaveLength(1);
        for (const item of items) outcomes[expectRow(item)] += 1;
      }),
      RUNS,
    );

    expect(outcomes.order).toBeGreaterThan(RUNS.numRuns / 10);
    expect(outcomes.visible).toBeGreaterThan(0);
  });

  it('each record of iMotriz is a row, or a visible row with a reason, and costs no other', () => {
    const store = storeOf(imotrizSettings());
    const good = {
      order: { id: 'good', total: 1 },
      products: [{ code: 'x', quantity: 1, unit_price: 1 }],
      buyer: {},
    };
    const order = fc.record(
      {
        id: fc.oneof(fc.integer({ min: 1 }), fc.uuid()),
        total: fc.oneof(words('12.000', '12.000,50', '12000', ''), fc.double({ noNaN: true })),
        status: words('Pedido', 'Entregado', 'Devuelto', 'Algo nuevo'),
        note: fc.string({ unit: 'binary' }),
      },
      { requiredKeys: ['id'] },
    );
    const record = grammarOf(imotrizRecordSchema().omit({ order: true }), {}).map((rest) =>
      typeof rest === 'object' && rest !== null && !Array.isArray(rest) ? rest : { rest },
    );
    const outcomes = { order: 0, visible: 0 };

    fc.assert(
      fc.property(fc.tuple(order, record), ([head, rest]) => {
        const page = { data: [good, { order: head, products: [], ...rest }, good], metadata: null };
        const { items } = imotriz.read(
          { topic: 'page', storeId: store.id, bytes: Buffer.from(JSON.stringify(page)) },
          [store],
        );
        expect(items).toHaveLength(3);
        for (const [index, item] of items.entries()) {
          const outcome = expectRow(item);
          if (index === 1) outcomes[outcome] += 1;
          else expect(outcome).toBe('order');
        }
      }),
      RUNS,
    );

    expect(outcomes.order).toBeGreaterThan(RUNS.numRuns / 10);
    expect(outcomes.visible).toBeGreaterThan(0);
  });
});
