import type { SeededRandom } from '../../shared/seeded-random.ts';
import { isActive } from '../catalogue/products.ts';
import type { Store } from '../state.ts';
import { generateItem } from './generator.ts';
import { lineTotal, totalled } from './money.ts';
import type { OrderItem, PedidosYaOrder } from './order.ts';

/** What a person can change in an open order. */
export type OrderChange = 'note' | 'amount' | 'address' | 'replacement' | 'missing';

const CHANGES: readonly OrderChange[] = ['note', 'amount', 'address', 'replacement', 'missing'];

/** The order with one change made: a note, an amount, an address, a line replaced, a line not found. Drawn when not given. */
export function changeOrder(
  order: PedidosYaOrder,
  store: Store,
  random: SeededRandom,
  change: OrderChange = random.pick(CHANGES),
): PedidosYaOrder {
  switch (change) {
    case 'note':
      return { ...order, comment: `Nota ${random.digits(4)}` };
    case 'address':
      return withAddress(order, random);
    case 'amount':
      return withItems(order, store, random, (item) => [
        { ...item, pricing: { ...item.pricing, ...moreOf(item) } },
      ]);
    case 'missing':
      return withItems(order, store, random, (item) => [{ ...item, status: 'NOT_FOUND' }]);
    case 'replacement':
      return withItems(order, store, random, (item) => replaced(item, store, random));
  }
}

function withAddress(order: PedidosYaOrder, random: SeededRandom): PedidosYaOrder {
  const { customer } = order;
  // Without a buyer there is no address to change.
  if (customer === null) return { ...order, comment: `Nota ${random.digits(4)}` };
  const delivery_address = { ...customer.delivery_address, number: random.digits(3) };
  return { ...order, customer: { ...customer, delivery_address } };
}

function withItems(
  order: PedidosYaOrder,
  store: Store,
  random: SeededRandom,
  change: (item: OrderItem) => OrderItem[],
): PedidosYaOrder {
  const open = order.items.filter(({ status }) => status !== 'REPLACED' && status !== 'NOT_FOUND');
  if (open.length === 0) return { ...order, comment: `Nota ${random.digits(4)}` };
  const chosen = random.pick(open);
  const items = order.items
    .flatMap((item) => (item === chosen ? change(item) : [item]))
    .map((item) => ({
      ...item,
      pricing: { ...item.pricing, total_price: lineTotal(item.status, item.pricing, store.country) },
    }));
  return { ...order, items, payment: totalled(order.payment, items, store.country) };
}

function moreOf({ pricing }: OrderItem): { quantity: number } | { weight: number } {
  return pricing.pricing_type === 'KG'
    ? { weight: Math.round((pricing.weight + 0.15) * 1000) / 1000 }
    : { quantity: pricing.quantity + 1 };
}

function replaced(item: OrderItem, store: Store, random: SeededRandom): OrderItem[] {
  const others = [...store.products.values()].filter((p) => isActive(p) && p.sku !== item.sku);
  const substitute = generateItem(random.pick(others), `item-${random.hex(8)}`, random, store.country, false);
  return [
    { ...item, status: 'REPLACED' },
    { ...substitute, status: 'IN_CART', replaced_id: item._id },
  ];
}
