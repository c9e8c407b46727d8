import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../../functions/domain/canonical-json.ts';
import { merge } from '../../../functions/domain/merge.ts';
import { type OrderRow, orderOf } from '../../../functions/domain/order-row.ts';
import { readingOf } from '../../../functions/pipeline/order-writer.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { pedidosya } from '../../../functions/platforms/pedidosya/platform.ts';
import { settingsOf } from './harness.ts';
import { itemJson, orderJson } from './order-builder.ts';

const LIFE = ['RECEIVED', 'ACCEPTED', 'READY_FOR_PICKUP', 'DISPATCHED', 'DELIVERED', 'SOMETHING_NEW'];
const NOON = Date.parse('2026-11-22T12:00:00.000Z');
const PARTS = [
  'payment',
  'customer',
  'items',
  'client',
  'transport_type',
  'order_type',
  'comment',
  'promised_for',
  'external_order_id',
];

/** What a webhook tells of a step: parts are left out or null, the buyer is masked, the total is not said. */
const news = fc
  .record({
    step: fc.nat(LIFE.length - 1),
    lateMs: fc.integer({ min: 0, max: 600_000 }),
    without: fc.subarray(PARTS),
    absentAs: fc.constantFrom(null, undefined),
    masked: fc.boolean(),
    withoutTotal: fc.boolean(),
  })
  .map(({ step, lateMs, without, absentAs, masked, withoutTotal }) => {
    const { customer, payment } = orderJson() as { customer: object; payment: object };
    const json = orderJson({
      status: LIFE[step],
      comment: `nota ${step}`,
      items: [itemJson({ instructions: `así ${step}` })],
      ...(masked ? { customer: { ...customer, first_name: 'C**', phone_number: '09****' } } : {}),
      ...(withoutTotal ? { payment: { ...payment, order_total: undefined } } : {}),
      sys: { updated_at: new Date(NOON + step * 60_000).toISOString() },
      ...Object.fromEntries(without.map((part) => [part, absentAs])),
    });
    return { step, json, receivedAt: NOON + step * 60_000 + lateMs };
  });

function rowOf(received: readonly { json: unknown; receivedAt: number }[]): OrderRow {
  const { truth, finalStatuses } = pedidosya.resources.order;
  const key = { platform: 'p', storeId: 's', platformOrderId: 'o' };
  const row = received.reduce<OrderRow | undefined>((before, { json, receivedAt }) => {
    const reading = readingOf(normalisePedidosyaOrder(json, settingsOf()));
    const seen = { key, reading, observedAt: receivedAt, origin: 'webhook', correlationId: 'c' } as const;
    return merge(before, seen, NOON + 9_000_000, { truth, finalStatuses }).row ?? before;
  }, undefined);
  return row!;
}

it('an order ends the same in whatever order its webhooks come, whatever each of them leaves out or hides', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(news, { minLength: 2, maxLength: 4, selector: ({ step }) => step }),
      fc.infiniteStream(fc.nat()),
      (received, dice) => {
        const mixed = () =>
          [...received, ...received]
            .map((one) => ({ one, at: dice.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);

        const ends = Array.from({ length: 5 }, () => {
          const { warnings: _, ...order } = orderOf(rowOf(mixed()))!;
          return canonicalJson(order);
        });

        expect(new Set(ends).size).toBe(1);
      },
    ),
    { numRuns: 200 },
  );
});

it('what an older webhook tells of a buyer that it masks in part is kept', () => {
  const { customer } = orderJson() as { customer: object };
  const bare = {
    json: orderJson({
      status: 'DELIVERED',
      customer: undefined,
      sys: { updated_at: '2026-11-22T12:30:00Z' },
    }),
    receivedAt: NOON,
  };
  const masked = {
    json: orderJson({ customer: { ...customer, first_name: 'C**' } }),
    receivedAt: NOON + 1000,
  };

  const { personal } = rowOf([bare, masked]);

  expect(personal).toMatchObject({ phone: '099000000', shippingAddress: { street: 'Calle Inventada' } });
});
