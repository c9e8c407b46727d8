import { colonOffset, moneyNumber } from '../formats.ts';
import type { Scene } from '../orders/change-order.ts';
import type { Address, Order, OrderLine } from '../orders/order.ts';
import type { CarrierCode, FulfilmentOrder, PlaceAddress } from './fulfilment-order.ts';

const DAY = 86_400_000;

/** How a parcel travels and what that costs, in cents. */
export interface ShippingChoice {
  type: 'ship' | 'pickup' | 'non-shippable';
  carrier: string;
  /** Default: the merchant's own place for what is fetched, a carrier's API for the rest. */
  carrierCode?: CarrierCode;
  option: string;
  merchantCents: number;
  consumerCents: number;
}

/** Makes one fulfillment order for some lines of an order. */
export function assembleFulfilment(
  scene: Scene,
  order: Order,
  choice: ShippingChoice & { locationId: string },
  lines: readonly OrderLine[],
  index: number,
): FulfilmentOrder {
  const { platform, store, now } = scene;
  const currency = order.currency;
  const at = colonOffset(now);
  const location = store.locations.get(choice.locationId);
  if (location === undefined)
    throw new Error(`Location ${choice.locationId} does not exist in store ${store.id}.`);
  const amount = (cents: number) => ({ value: moneyNumber(cents), currency });
  const { carrierCode = choice.type === 'pickup' ? 'locale' : 'api' } = choice;
  return {
    id: platform.random.ulid(now),
    number: `${order.number}-${index + 1}`,
    total_quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
    total_weight: Number(
      lines.reduce((sum, line) => sum + Number(line.weight) * line.quantity, 0).toFixed(3),
    ),
    total_price: amount(lines.reduce((sum, line) => sum + line.priceCents * line.quantity, 0)),
    assigned_location: {
      location_id: location.id,
      name: location.name[store.country === 'BR' ? 'pt_BR' : 'es_AR'] ?? 'Depósito',
      address: location.address,
    },
    line_items: lines.map((line) => lineItem(scene, line, currency)),
    recipient: {
      name: order.shippingAddress?.name ?? order.contact.name,
      phone: order.shippingAddress?.phone ?? order.contact.phone,
      identifier: order.contact.identification,
    },
    shipping: {
      type: choice.type,
      carrier: { name: choice.carrier, carrier_id: '12345', code: carrierCode, app_id: null },
      option: {
        name: choice.option,
        code: choice.option.toLowerCase().replaceAll(' ', '-'),
        reference: null,
        allow_free_shipping: true,
      },
      merchant_cost: amount(choice.merchantCents),
      consumer_cost: amount(choice.consumerCents),
      min_delivery_date: colonOffset(now + 2 * DAY),
      max_delivery_date: colonOffset(now + 4 * DAY),
      pickup_details:
        choice.type === 'pickup'
          ? {
              ...(carrierCode === 'locale'
                ? { location_id: location.id, name: 'Retiro en el local', address: location.address }
                : branchNear(location.address)),
              pickup_hours: [{ day: 'MONDAY', start: '0800', end: '1800' }],
            }
          : null,
      extras: {
        free_shipping_info: null,
        phone_required: true,
        id_required: false,
        accepts_cod: false,
        show_time: true,
        shippable: true,
      },
    },
    discounts: [],
    destination:
      choice.type === 'ship' && order.shippingAddress !== null ? placeOf(order.shippingAddress) : null,
    status: 'UNPACKED',
    status_history: [],
    tracking_info: { url: null, code: null },
    tracking_info_history: [],
    tracking_events: [],
    fulfilled_at: null,
    created_at: at,
    updated_at: at,
  };
}

/** A carrier's branch in the same town: its id is the carrier's (reference, fulfillment-order page, pickup details). */
const branchNear = (address: PlaceAddress) => ({
  location_id: 'SUC-1',
  name: 'Sucursal de Prueba',
  address: { ...address, street: 'Calle de la Sucursal', number: '1' },
});

/** A postal address in the shape that fulfillment orders use. */
export function placeOf(address: Address): PlaceAddress {
  const country = address.country ?? 'AR';
  return {
    zipcode: address.zipcode ?? '',
    street: address.address ?? '',
    number: address.number ?? '',
    floor: address.floor ?? '',
    locality: address.locality ?? '',
    city: address.city ?? '',
    reference: '',
    between_streets: '',
    province: { name: address.province ?? '', code: (address.province ?? '').slice(0, 2).toUpperCase() },
    region: { name: '', code: '' },
    country: { name: country === 'BR' ? 'Brasil' : 'Argentina', code: country },
  };
}

function lineItem(scene: Scene, line: OrderLine, currency: string): object {
  const at = colonOffset(scene.now);
  return {
    id: scene.platform.random.ulid(scene.now),
    external_id: String(line.id),
    quantity: line.quantity,
    variant: { variant_id: String(line.variantId) },
    product: { product_id: String(line.productId) },
    unit_price: { value: moneyNumber(line.priceCents), currency },
    unit_dimension: { weight: Number(line.weight), width: 0, height: 0, depth: 0 },
    created_at: at,
    updated_at: at,
  };
}
