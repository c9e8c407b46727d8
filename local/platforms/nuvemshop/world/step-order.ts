import * as change from '../orders/change-order.ts';
import type { Order } from '../orders/order.ts';
import { movedFrom } from './addresses.ts';
import { editOrder } from './edit-order.ts';

/** What happened to an order; `nothing` when it has reached its end. */
export interface WorldStep {
  storeId: string;
  orderId: string;
  action:
    | 'paid'
    | 'packed'
    | 'dispatched'
    | 'delivered'
    | 'edited'
    | 'noted'
    | 'moved'
    | 'cancelled'
    | 'archived'
    | 'nothing';
}

/** Lets something plausible happen to an order: mostly the next stage of its life, now and then a change of mind. */
export function stepOrder(scene: change.Scene, order: Order): WorldStep {
  return { storeId: String(scene.store.id), orderId: String(order.id), action: act(scene, order) };
}

function act(scene: change.Scene, order: Order): WorldStep['action'] {
  const { random } = scene.platform;
  if (order.status !== 'open') return 'nothing';
  const stages = order.fulfilmentOrders.map((fulfilment) => fulfilment.status);
  const unpacked = stages.every((status) => status === 'UNPACKED');
  if (stages.every((status) => status === 'DELIVERED')) {
    change.close(scene, order);
    return 'archived';
  }
  if (unpacked && random.chance(0.3)) return changeOfMind(scene, order);
  if (order.paymentStatus !== 'paid') {
    change.pay(scene, order);
    return 'paid';
  }
  if (stages.includes('UNPACKED')) return advance(scene, order, 'UNPACKED', 'PACKED', 'packed');
  if (stages.includes('PACKED')) return advance(scene, order, 'PACKED', 'DISPATCHED', 'dispatched');
  return advance(scene, order, 'DISPATCHED', 'DELIVERED', 'delivered');
}

function advance<Action extends WorldStep['action']>(
  scene: change.Scene,
  order: Order,
  from: 'UNPACKED' | 'PACKED' | 'DISPATCHED',
  to: 'PACKED' | 'DISPATCHED' | 'DELIVERED',
  action: Action,
): Action {
  for (const fulfilment of order.fulfilmentOrders) {
    if (fulfilment.status === from) change.moveFulfilment(scene, order, fulfilment, to);
  }
  return action;
}

function changeOfMind(scene: change.Scene, order: Order): WorldStep['action'] {
  const { random } = scene.platform;
  const line = order.lines[0];
  switch (random.int(1, 4)) {
    case 1:
      change.cancel(scene, order, random.pick(['customer', 'inventory', 'other']), {
        restock: true,
        email: true,
      });
      return 'cancelled';
    case 2:
      order.note = `Cambio de prueba ${random.digits(3)}`;
      change.touch(scene, order);
      return 'noted';
    case 3:
      order.shippingAddress = movedFrom(scene, order);
      change.touch(scene, order);
      return 'moved';
    default:
      if (line !== undefined) editOrder(scene, order, { lineId: line.id, quantity: line.quantity + 1 });
      return 'edited';
  }
}
