import { onTestFinished } from 'vitest';
import type { CommandName } from '../../../../functions/domain/command.ts';
import type { OrderRow } from '../../../../functions/domain/order-row.ts';
import { normaliseNuvemshopOrder } from '../../../../functions/platforms/nuvemshop/normalise.ts';
import { nuvemshop as platform } from '../../../../functions/platforms/nuvemshop/platform.ts';
import { assembleFulfilment } from '../../../../local/platforms/nuvemshop/fulfilment/assemble-fulfilment.ts';
import type { FulfilmentOrder } from '../../../../local/platforms/nuvemshop/fulfilment/fulfilment-order.ts';
import type { Scene } from '../../../../local/platforms/nuvemshop/orders/change-order.ts';
import type { Order } from '../../../../local/platforms/nuvemshop/orders/order.ts';
import type { OrderEffect } from '../../../../local/platforms/simulator.ts';
import { carryOut, rowOf } from '../../carry-out.ts';
import { startNuvemshop, subjectsOf } from '../harness.ts';
import { storeWith } from '../open-client.ts';

type Options = NonNullable<Parameters<typeof startNuvemshop>[0]>;

const SHIP = {
  type: 'ship',
  carrier: 'Correo',
  option: 'Domicilio',
  merchantCents: 0,
  consumerCents: 0,
} as const;

/** Has the buyer fetch a parcel: at the merchant's own place (`locale`), or at a branch of a carrier's. */
export function fetchedAt(code: 'locale' | 'api' | 'native', parcel: FulfilmentOrder | undefined): void {
  if (parcel === undefined) throw new Error('The order has no such parcel.');
  parcel.shipping.type = 'pickup';
  parcel.shipping.carrier.code = code;
}

/** Divides an order into parcels that are shipped, each from another place as long as there are any. Answers their ids. */
export function giveParcels(scene: Scene, order: Order, parcels: number): string[] {
  const [first] = order.fulfilmentOrders;
  const places = [...scene.store.locations.keys()];
  order.fulfilmentOrders = Array.from({ length: parcels }, (_, index) => {
    if (index === 0) return first!;
    const choice = { ...SHIP, locationId: places[index % places.length]! };
    return assembleFulfilment(scene, order, choice, order.lines, index);
  });
  for (const parcel of order.fulfilmentOrders) parcel.shipping.type = 'ship';
  return order.fulfilmentOrders.map(({ id }) => id);
}

/** A paid order at a simulated Nuvemshop, and the commands of its store. Every parcel of it is shipped. */
export async function startOrder({ parcels = 1, ...options }: Options & { parcels?: number } = {}) {
  const nuvemshop = await startNuvemshop({ stores: [{ plan: 'next', locations: 3 }], ...options });
  onTestFinished(() => nuvemshop.sim.stop());
  const { sim, world, client, clock, storeId } = nuvemshop;
  const { order, orderId, store } = subjectsOf(nuvemshop);
  giveParcels({ platform: world.platform, store, now: clock.now() }, order, parcels);
  const table = platform.commands?.(storeWith({ storeId }));
  if (table === undefined) throw new Error('no commands');

  /** The row as it is once the order was fetched. */
  const rowNow = (changes: Partial<OrderRow> = {}): OrderRow =>
    rowOf(orderId, normaliseNuvemshopOrder(world.truth(orderId)[0]?.json, { storeId }), changes);
  let row = rowNow();
  return {
    ...nuvemshop,
    order,
    orderId,
    store,
    table,
    parcels: order.fulfilmentOrders,
    ids: order.fulfilmentOrders.map(({ id }) => id),
    rowNow,
    /** What the table knows from now on. */
    know(known: OrderRow) {
      row = known;
    },
    do: (name: CommandName, input: object = {}, api = client) =>
      carryOut(table, api, { orderId, row, givenAt: clock.now() }, name, input),
    /** What happened of a kind, in the order in which it did. */
    effects: (kind: OrderEffect['kind']) =>
      world
        .effects(orderId)
        .filter((effect) => effect.kind === kind)
        .map(({ what }) => what),
    /** Calls that change something. */
    writes: () => sim.calls.filter(({ method }) => method !== 'GET').length,
    reads: () => sim.calls.filter(({ method }) => method === 'GET').length,
  };
}
