import type { SeededRandom } from '../../shared/seeded-random.ts';
import { type Country, roundPrice } from '../countries.ts';
import { totalled } from './money.ts';
import type { OrderItem, PedidosYaOrder } from './order.ts';

/** What real chains' orders have now and then, and made-up ones do not. */
export type OrderOddity =
  | 'unweighed'
  | 'voucher'
  | 'fees-in-a-list'
  | 'discount-only-in-a-list'
  | 'tip'
  | 'deposit'
  | 'letters'
  | 'company'
  | 'paid-at-the-counter'
  | 'amounts-as-texts'
  | 'unknown-outlet-fields'
  | 'large';

export const ORDER_ODDITIES: readonly OrderOddity[] = [
  'unweighed',
  'voucher',
  'fees-in-a-list',
  'discount-only-in-a-list',
  'tip',
  'deposit',
  'letters',
  'company',
  'paid-at-the-counter',
  'amounts-as-texts',
  'unknown-outlet-fields',
  'large',
];

/** An emoji of several code points, a right-to-left mark, a noncharacter, combining accents, a letter beyond the first plane. */
const LETTERS = [
  '👩‍👧‍👦 ¡gracias!',
  '\u202Eadreuqzi\u202C',
  'a\uFFFEb',
  'Bogota\u0301',
  '𠮷野家',
  'tab\tand "quotes"',
];
const LINES_OF_A_LARGE_ORDER = 150;

/** The order with something that real chains' orders have. */
export function withOddity(
  order: PedidosYaOrder,
  oddity: OrderOddity,
  random: SeededRandom,
  country: Country,
): PedidosYaOrder {
  const price = (dollars: number) => roundPrice(dollars * country.priceFactor, country);
  const paying = (changes: Partial<PedidosYaOrder['payment']>, items: OrderItem[] = order.items) => ({
    ...order,
    items,
    payment: totalled({ ...order.payment, ...changes }, items, country),
  });
  switch (oddity) {
    case 'unweighed':
      // Before it was weighed; what it costs is counted by the weight that was ordered.
      return { ...order, items: order.items.map(unweighed) };
    case 'voucher':
      return paying({ vouchers: [{ name: 'Cupón de prueba', value: price(0.5) }] });
    case 'fees-in-a-list':
      return paying({ additional_fees: [{ name: 'bag', value: price(0.1) }] });
    case 'discount-only-in-a-list': {
      const { discount: _, ...rest } = order.payment;
      return { ...order, payment: rest };
    }
    case 'tip':
      return paying({ tip: price(1) });
    case 'deposit': {
      const deposit = price(0.2);
      const items = order.items.map((item, index) =>
        index === 0 ? { ...item, container_deposit: deposit } : item,
      );
      return paying({ container_charge: deposit }, items);
    }
    case 'letters':
      return {
        ...order,
        comment: random.pick(LETTERS),
        items: order.items.map((item) => ({ ...item, instructions: random.pick(LETTERS) })),
      };
    case 'company':
      return withCompany(order, random);
    case 'paid-at-the-counter':
      return {
        ...order,
        order_type: 'PICKUP',
        payment: { ...order.payment, collect_at_pickup: order.payment.order_total },
      };
    case 'amounts-as-texts':
      return {
        ...order,
        payment: { ...order.payment, sub_total: Number(order.payment.sub_total).toFixed(country.decimals) },
      };
    case 'unknown-outlet-fields':
      return { ...order, client: { ...order.client, opening: { hours: [8, 22] } } };
    case 'large': {
      const [first] = order.items;
      if (first === undefined) return order;
      const items = Array.from({ length: LINES_OF_A_LARGE_ORDER }, (_, index) => ({
        ...first,
        _id: `many-${index}`,
      }));
      return paying(
        { discount: 0, discounts: [] },
        items.map(({ promotion: __, ...item }) => ({ ...item, discount: 0 })),
      );
    }
  }
}

function unweighed(item: OrderItem): OrderItem {
  if (item.pricing.pricing_type !== 'KG') return item;
  return { ...item, pricing: { ...item.pricing, weight: 0, total_price: 0, weighted_pieces: 0 } };
}

function withCompany(order: PedidosYaOrder, random: SeededRandom): PedidosYaOrder {
  const { customer } = order;
  if (customer === null) return order;
  const delivery_address = {
    ...customer.delivery_address,
    company: 'Empresa Inventada S. A.',
    intercom: random.digits(3),
    latitude: -34.9011,
    longitude: -56.1645,
  };
  return { ...order, customer: { ...customer, loyalty_card: random.digits(8), delivery_address } };
}
