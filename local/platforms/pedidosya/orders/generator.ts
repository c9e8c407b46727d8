import type { SeededRandom } from '../../shared/seeded-random.ts';
import { isActive, type Product } from '../catalogue/products.ts';
import { type Country, roundPrice } from '../countries.ts';
import type { Store } from '../state.ts';
import { lineTotal, totalled } from './money.ts';
import type {
  ItemPricing,
  ItemPromotion,
  OrderCustomer,
  OrderItem,
  OrderPayment,
  PedidosYaOrder,
} from './order.ts';

/** How much of the buyer the platform shows. */
export type CustomerStyle = 'full' | 'masked' | 'null';

/** What a caller may fix about an invented order; the rest is drawn. */
export interface OrderWishes {
  transport?: PedidosYaOrder['transport_type'];
  customer?: CustomerStyle;
  lines?: number;
  /** Promotions on lines and a discount on the whole. */
  promoted?: boolean;
}

const NAMES = ['Ana', 'Bruno', 'Carla', 'Diego', 'Elena', 'Félix', 'Gloria', 'Hugo'];

/** Generates a realistic order of a store. Buyers are obviously made up. */
export function generateOrder(
  store: Store,
  chainId: string,
  random: SeededRandom,
  now: number,
  wishes: OrderWishes = {},
): PedidosYaOrder {
  const { country } = store;
  const id = random.uuid();
  const at = new Date(now).toISOString();
  const promoted = wishes.promoted ?? random.chance(0.25);
  const items = generateItems(store, random, wishes.lines ?? random.int(1, 4), promoted);
  const isPreorder = random.chance(0.1);
  const { externalCode } = store.options;
  return {
    order_id: id,
    external_order_id: random.digits(9),
    order_code: `${random.hex(4)}-${random.digits(4)}-${random.hex(4)}`,
    status: 'RECEIVED',
    order_type: random.chance(0.9) ? 'DELIVERY' : 'PICKUP',
    transport_type: wishes.transport ?? store.options.transport ?? 'LOGISTICS_DELIVERY',
    isPreorder,
    accepted_for: random.chance(0.5) ? later(now, 15) : null,
    promised_for: later(now, isPreorder ? 240 : 30),
    comment: random.pick(['', null, 'Tocar timbre, por favor', 'Sin bolsa']),
    promotion_status: 'AVAILABLE',
    client: {
      id: store.clientId,
      chain_id: chainId,
      name: store.options.name,
      country_code: country.code,
      store_id: store.options.id,
      ...(externalCode === undefined ? {} : { external_partner_config_id: externalCode }),
    },
    customer: generateCustomer(random, country, wishes.customer ?? random.pick(['full', 'masked', 'null'])),
    items,
    payment: generatePayment(random, items, country),
    sys: { created_at: at, created_by: 'system', updated_at: at, updated_by: 'system' },
  };
}

function later(now: number, minutes: number): string {
  return new Date(now + minutes * 60_000).toISOString();
}

function generateItems(store: Store, random: SeededRandom, count: number, promoted: boolean): OrderItem[] {
  const rest = [...store.products.values()].filter(isActive);
  return Array.from({ length: Math.min(count, rest.length) }, (_, index) => {
    const [product] = rest.splice(random.int(0, rest.length - 1), 1) as [Product];
    return generateItem(product, `item-${index + 1}`, random, store.country, promoted);
  });
}

/** Generates a line that sells a product. */
export function generateItem(
  product: Product,
  id: string,
  random: SeededRandom,
  country: Country,
  promoted: boolean,
): OrderItem {
  const byWeight = product.pricingType === 'KG';
  const amount = {
    pricing_type: product.pricingType,
    unit_price: product.price,
    quantity: byWeight ? 1 : random.int(1, 3),
    weight: byWeight ? random.int(2, 30) / 20 : 0,
  };
  const pricing: ItemPricing = {
    ...amount,
    total_price: lineTotal('NOT_PROCESSED', amount, country),
    weighted_pieces: byWeight ? random.int(1, 6) : 0,
    min_quantity: 0,
    max_quantity: product.maximum ?? 0,
    vat_percent: 0,
  };
  const promotion = promoted ? generatePromotion(random, pricing.total_price, country) : undefined;
  return {
    _id: id,
    sku: product.sku,
    barcode: product.barcodes,
    name: product.name,
    status: 'NOT_PROCESSED',
    instructions: random.pick(['', '', 'Que sea bien fresco']),
    image_url: '',
    container_deposit: 0,
    discount: promotion?.discount_amount ?? 0,
    ...(promotion === undefined ? {} : { promotion: [promotion] }),
    pricing,
    original_pricing: pricing,
  };
}

function generatePromotion(random: SeededRandom, total: number, country: Country): ItemPromotion {
  const discount_amount = roundPrice(total / random.int(5, 10), country);
  const vendor = roundPrice(discount_amount / 4, country);
  return {
    name: 'Promo de prueba',
    discount_amount,
    sponsorships: [
      { sponsor: 'VENDOR', amount: vendor },
      { sponsor: 'PLATFORM', amount: roundPrice(discount_amount - vendor, country) },
    ],
  };
}

function generatePayment(random: SeededRandom, items: readonly OrderItem[], country: Country): OrderPayment {
  const price = (dollars: number) => roundPrice(dollars * country.priceFactor, country);
  const discount = roundPrice(
    items.reduce((sum, item) => sum + item.discount, 0),
    country,
  );
  const payment: OrderPayment = {
    sub_total: 0,
    order_total: 0,
    delivery_fee: random.chance(0.7) ? price(1.5) : 0,
    service_fee: random.chance(0.5) ? price(0.4) : 0,
    difference_to_minimum: 0,
    discount: discount === 0 || random.chance(0.5) ? discount : -discount,
    discounts: discount === 0 ? [] : [{ name: 'Promo de prueba', value: discount }],
    vouchers: [],
    container_charge: 0,
    total_taxes: 0,
    additional_fees: {},
    collect_at_pickup: 0,
    type: 'PAID',
  };
  return totalled(payment, items, country);
}

function generateCustomer(
  random: SeededRandom,
  country: Country,
  style: CustomerStyle,
): OrderCustomer | null {
  if (style === 'null') return null;
  const masked = style === 'masked';
  const name = random.pick(NAMES);
  const number = String(random.int(1, 99));
  return {
    _id: `cust-${random.digits(6)}`,
    first_name: masked ? `${name.charAt(0)}**` : name,
    last_name: masked ? '*' : 'Inventada',
    phone_number: `${country.phonePrefix}000${masked ? '****' : '0000'}${random.digits(2)}`,
    ...(masked ? {} : { national_id: '00000000' }),
    delivery_address: {
      country: country.code.toUpperCase(),
      city: country.city,
      street: 'Calle Inventada',
      number,
      latitude: 0,
      longitude: 0,
      // Two spellings are in use for the same field.
      [random.pick(['zipcode', 'postal_code'])]: '00000',
      instructions: '',
      formattedAddress: masked ? '****' : `Calle Inventada ${number}, ${country.city}`,
    },
  };
}
