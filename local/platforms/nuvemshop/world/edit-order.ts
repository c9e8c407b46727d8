import { colonOffset } from '../formats.ts';
import { assembleLine, type Purchase } from '../orders/assemble-order.ts';
import { historyValue, type Scene, touch } from '../orders/change-order.ts';
import { type Order, totalOf } from '../orders/order.ts';

/** One change of the lines of an order. */
export type LineEdit = { add: Purchase } | { lineId: number; quantity: number };

/**
 * Edits the lines as a merchant does in the admin; `order/edited` and `order/updated` follow, and the total may
 * differ from what was paid. Throws unless the order is open and nothing is packed yet.
 */
export function editOrder(scene: Scene, order: Order, edit: LineEdit, reason: string | null = null): void {
  if (order.status !== 'open')
    throw new Error(`Order ${order.id} is ${order.status}: only an open order can be edited.`);
  if (order.fulfilmentOrders.some((fulfilment) => fulfilment.status !== 'UNPACKED')) {
    throw new Error(`Order ${order.id} is packed already: unpack it before editing.`);
  }
  const before = totalOf(order);
  const change = 'add' in edit ? add(scene, order, edit.add) : setQuantity(order, edit.lineId, edit.quantity);
  const delta = totalOf(order) - before;
  const value = historyValue(order, 'PENDING', delta, 0, scene.now);
  order.values.push(value);
  order.editions.push({
    product_changes: [change],
    shipping_costs: [],
    transaction_information: value,
    reason,
    happened_at: colonOffset(scene.now),
  });
  if (order.paymentStatus === 'paid' && delta > 0) order.paymentStatus = 'partially_paid';
  for (const fulfilment of order.fulfilmentOrders) fulfilment.updated_at = colonOffset(scene.now);
  touch(scene, order, 'edited');
}

type ProductChange = Order['editions'][number]['product_changes'][number];

function add(scene: Scene, order: Order, purchase: Purchase): ProductChange {
  const line = assembleLine(scene, purchase, 0);
  order.lines.push(line);
  return change('ADD', 0, line.quantity, line.name);
}

function setQuantity(order: Order, lineId: number, quantity: number): ProductChange {
  const line = order.lines.find((candidate) => candidate.id === lineId);
  if (line === undefined) throw new Error(`Order ${order.id} has no line ${lineId}.`);
  const before = line.quantity;
  line.quantity = quantity;
  if (quantity === 0) order.lines = order.lines.filter((other) => other !== line);
  return change(quantity > before ? 'ADD' : 'REMOVE', before, quantity, line.name);
}

function change(type: ProductChange['type'], before: number, after: number, name: string): ProductChange {
  return { type, modified_stock: false, previous_quantity: before, new_quantity: after, product_name: name };
}
