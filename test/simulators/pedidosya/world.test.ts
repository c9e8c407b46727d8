import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryOf } from '../../../local/platforms/pedidosya/countries.ts';
import { DEFAULT_STORES } from '../../../local/platforms/pedidosya/options.ts';
import type { PedidosYaOrder } from '../../../local/platforms/pedidosya/orders/order.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON } from './harness.ts';

function worldOf(seed: number) {
  return createPedidosYaSimulator({ seed, clock: createVirtualClock(NOON) }).world;
}

function shopDay(seed: number, steps: readonly number[]) {
  const world = worldOf(seed);
  for (const step of steps) {
    const open = world.truth().filter(({ json }) => !['DELIVERED', 'CANCELLED'].includes(json.status));
    const target = open[step % Math.max(1, open.length)];
    if (target === undefined || step % 4 === 0) world.place();
    else if (step % 4 === 1) world.change(target.orderId);
    else if (step % 4 === 2) world.advance(target.orderId);
    else world.cancel(target.orderId);
  }
  return world.truth();
}

const steps = fc.array(fc.nat(1000), { maxLength: 40 });

// Sums in minor units, so that the check has no binary fractions of its own.
function addsUp({ items, payment, client }: PedidosYaOrder): boolean {
  const minor = (amount: number) => Math.round(amount * 10 ** countryOf(client.country_code).decimals);
  const goods = items.reduce((sum, { pricing }) => sum + minor(pricing.total_price), 0);
  const total =
    goods + minor(payment.delivery_fee) + minor(payment.service_fee) - Math.abs(minor(payment.discount ?? 0));
  return minor(Number(payment.sub_total)) === goods && minor(payment.order_total) === total;
}

describe('a shop day', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), steps, (seed, day) => {
        expect(shopDay(seed, day)).toEqual(shopDay(seed, day));
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the sums of every order right, and its times rising', () => {
    fc.assert(
      fc.property(fc.nat(), steps, (seed, day) =>
        shopDay(seed, day).every(({ json }) => addsUp(json) && json.sys.updated_at >= json.sys.created_at),
      ),
      { numRuns: 50 },
    );
  });

  it('holds every kind of line, buyer and sign of discount', () => {
    // Act
    const world = worldOf(7);
    const orders = Array.from({ length: 200 }, () => world.place());

    // Assert
    const kinds = new Set(orders.flatMap(({ items }) => items.map(({ pricing }) => pricing.pricing_type)));
    expect([...kinds].sort()).toEqual(['KG', 'UNIT']);
    expect(orders.some(({ customer }) => customer === null)).toBe(true);
    expect(orders.some(({ customer }) => customer?.first_name.includes('*'))).toBe(true);
    expect(orders.some(({ payment }) => (payment.discount ?? 0) < 0)).toBe(true);
    expect(orders.some(({ payment }) => (payment.discount ?? 0) > 0)).toBe(true);
    expect(orders.some(({ items }) => items.some(({ promotion }) => promotion !== undefined))).toBe(true);
    expect(new Set(orders.map(({ client }) => client.country_code))).toEqual(new Set(['uy', 'ar', 'cl']));
  });
});

describe('changes', () => {
  it.each([
    ['note', (o: PedidosYaOrder) => o.comment?.startsWith('Nota')],
    ['missing', (o: PedidosYaOrder) => o.items.some(({ status }) => status === 'NOT_FOUND')],
    ['replacement', (o: PedidosYaOrder) => o.items.some(({ replaced_id }) => replaced_id === 'item-1')],
  ] as const)('of kind %s show', (change, shows) => {
    const world = worldOf(1);
    const order = world.place({ lines: 1 });

    const changed = world.change(order.order_id, change);

    expect(shows(changed)).toBe(true);
    expect(changed.sys.updated_at > order.sys.updated_at).toBe(true);
  });

  it('raise an amount and move an address', () => {
    const world = worldOf(1);
    const order = world.place({ lines: 1, customer: 'full', promoted: false });

    const more = world.change(order.order_id, 'amount');
    const moved = world.change(order.order_id, 'address');

    expect(more.payment.sub_total).toBeGreaterThan(Number(order.payment.sub_total));
    expect(moved.customer?.delivery_address).not.toEqual(order.customer?.delivery_address);
  });

  it('are impossible once the order is final, and for unknown orders', () => {
    const world = worldOf(1);
    const { order_id } = world.place();
    const sold = world.place({ storeId: 'nbet' });
    world.cancel(order_id);
    for (let i = 0; i < 3; i += 1) world.advance(sold.order_id);

    expect(() => world.change(order_id)).toThrow(/CANCELLED/);
    expect(() => world.cancel(sold.order_id)).toThrow(/DELIVERED/);
    expect(() => world.prepare(order_id)).toThrow(/cannot become/);
    expect(() => world.order('nope')).toThrow(/No order/);
    expect(() => world.place({ storeId: 'nope' })).toThrow(/No store/);
    expect(world.advance(order_id).status).toBe('CANCELLED');
  });

  it('mark a cancellation after the hand-over as sold', () => {
    const world = worldOf(1);
    const { order_id } = world.place({ storeId: 'nbet' });
    world.prepare(order_id);
    world.dispatch(order_id);

    expect(world.cancel(order_id).cancellation).toEqual({
      reason: 'CUSTOMER_REQUEST',
      cancelled_by: 'CUSTOMER',
      post_picked_up: true,
    });
  });
});

it('names the countries it knows when a store has another one', () => {
  const stores = [{ ...DEFAULT_STORES[0]!, country: 'xx' }];

  expect(() => createPedidosYaSimulator({ stores })).toThrow(/'xx'.*uy/);
});
