import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../../functions/domain/order.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { ORDER_ODDITIES } from '../../../local/platforms/pedidosya/orders/odd-orders.ts';
import type { PedidosYaOrder } from '../../../local/platforms/pedidosya/orders/order.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { settingsOf } from '../../platforms/pedidosya/harness.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON, startPedidosYa, startReceiver } from './harness.ts';

function read(json: PedidosYaOrder) {
  const result = normalisePedidosyaOrder(json, settingsOf());
  if (!result.ok) throw new Error(result.problem);
  return orderSchema().parse(result.order);
}

describe('an odd order', () => {
  it.each(ORDER_ODDITIES)('%s is read, and its sum closes', (oddity) => {
    const { world } = createPedidosYaSimulator({ seed: 3 });
    const placed = Array.from({ length: 20 }, () => world.place({ oddities: [oddity], customer: 'full' }));

    const warnings = placed.flatMap((order) => read(order).warnings);

    expect(warnings.filter((warning) => !warning.includes('was not weighed'))).toEqual([]);
  });

  it.each<[(typeof ORDER_ODDITIES)[number], (order: ReturnType<typeof read>) => unknown]>([
    ['voucher', ({ discounts = [] }) => discounts.some(({ kind }) => kind === 'coupon')],
    ['tip', ({ totals }) => totals.tip],
    ['deposit', ({ totals, lines = [] }) => totals.deposit && lines[0]?.deposit],
    ['fees-in-a-list', ({ totals }) => totals.fees],
    [
      'company',
      ({ personal }) => personal.recipient && personal.loyaltyId && personal.shippingAddress?.latitude,
    ],
    [
      'paid-at-the-counter',
      ({ payment, fulfilment }) => payment.collectAtPickup && fulfilment.kind === 'pickup',
    ],
    ['letters', ({ personal }) => personal.note && personal.lineProperties],
    ['large', ({ lines = [] }) => lines.length >= 100],
  ])('%s shows in the row', (oddity, shows) => {
    const { world } = createPedidosYaSimulator({ seed: 4 });
    expect(shows(read(world.place({ oddities: [oddity], customer: 'full' })))).toBeTruthy();
  });

  it('is drawn by the seed where it is asked for, and nowhere else', () => {
    const placed = (oddOrders: boolean) => {
      const { world } = createPedidosYaSimulator({ seed: 5, oddOrders, clock: createVirtualClock(NOON) });
      return Array.from({ length: 60 }, () => world.place());
    };

    expect(placed(true)).toEqual(placed(true));
    expect(placed(true)).not.toEqual(placed(false));
    expect(placed(false).some(({ payment }) => payment.vouchers.length > 0)).toBe(false);
  });

  it('may begin with a webhook that holds nothing but the status, and is told whole when it is sent again', async () => {
    const receiver = await startReceiver();
    const { world } = await startPedidosYa({ orderWebhook: { url: receiver.url, secret: 's' } });

    const order = world.place({ storeId: 'nbet', bareFirst: true });
    await world.settled();
    const announced = world.truth()[0]?.announced;
    world.resend(order.order_id);
    await world.settled();

    const { order_id, status, sys } = order;
    expect(receiver.received.map(({ json }) => json)).toEqual([
      { order_id, status, sys: { updated_at: sys.updated_at } },
      order,
    ]);
    expect([announced, world.truth()[0]?.announced]).toEqual([false, true]);
  });
});
