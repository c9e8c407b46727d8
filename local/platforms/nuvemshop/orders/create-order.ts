import * as z from 'zod';
import type { SimRequest } from '../../simulator.ts';
import { idLike, nullableText, numeric, readBody } from '../bodies.ts';
import type { Location } from '../catalogue/catalogue.ts';
import { fail, invalid } from '../errors.ts';
import { parseMoney } from '../formats.ts';
import type { ApiCall } from '../platform.ts';
import { inStock, type Purchase, placeOrder } from './assemble-order.ts';
import { pay } from './change-order.ts';
import type { Address, Order } from './order.ts';

const address = z.strictObject({
  first_name: nullableText.optional(),
  last_name: nullableText.optional(),
  address: nullableText.optional(),
  number: nullableText.optional(),
  floor: nullableText.optional(),
  locality: nullableText.optional(),
  city: nullableText.optional(),
  province: nullableText.optional(),
  zipcode: nullableText.optional(),
  country: nullableText.optional(),
  phone: nullableText.optional(),
});

const creation = z.strictObject({
  currency: z.string().optional(),
  language: z.string().optional(),
  status: z.enum(['open', 'closed', 'cancelled']).optional(),
  gateway: z.string(),
  payment_status: z.enum(['pending', 'authorized', 'paid', 'abandoned', 'refunded', 'voided']).optional(),
  products: z
    .array(
      z.strictObject({
        variant_id: idLike,
        quantity: z.int().min(1, 'must be at least 1'),
        price: numeric.optional(),
      }),
    )
    .min(1, "can't be blank"),
  inventory_behaviour: z.enum(['bypass', 'claim']).default('bypass'),
  location_id: z.string().optional(),
  customer: z
    .strictObject({
      email: nullableText.optional(),
      name: nullableText.optional(),
      phone: nullableText.optional(),
      document: nullableText.optional(),
    })
    .optional(),
  note: nullableText.optional(),
  owner_note: nullableText.optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
  billing_address: address.optional(),
  shipping_address: address.optional(),
  shipping_pickup_type: z.enum(['ship', 'pickup']).optional(),
  shipping: z.string().optional(),
  shipping_option: z.string().optional(),
  shipping_tracking_number: nullableText.optional(),
  shipping_cost_customer: numeric.optional(),
  shipping_cost_owner: numeric.optional(),
  send_confirmation_email: z.boolean().optional(),
  send_fulfillment_email: z.boolean().optional(),
});

type Creation = z.infer<typeof creation>;

/** `POST /orders`: an order by an app. What the body lacks becomes the platform's placeholders. */
export function createOrder(request: SimRequest, call: ApiCall): Order {
  const body = readBody(request, creation);
  const purchases = body.products.map((line) => purchaseOf(call, line));
  const claim = body.inventory_behaviour === 'claim';
  if (claim && purchases.some(({ variant, quantity }) => !inStock(variant, quantity))) {
    throw fail(422, 'There is not enough stock for a product');
  }
  const location = locationOf(call, body.location_id);
  const shippingAddress = addressOf(call, body.shipping_address);
  const order = placeOrder(call, {
    appId: Number(call.platform.app.id),
    storefront: 'api',
    contact: {
      name: body.customer?.name ?? placeholder(call),
      email: body.customer?.email ?? `email@${call.store.country === 'BR' ? 'nao' : 'no'}informado.com`,
      phone: body.customer?.phone ?? null,
      identification: body.customer?.document ?? null,
    },
    customerId: null,
    billing: { ...addressOf(call, body.billing_address), kind: 'person', documentType: 'dni' },
    couponCodes: [],
    couponCents: 0,
    gatewayDiscountCents: 0,
    gateway: body.gateway,
    gatewayName: '',
    paymentMethod: null,
    installments: 1,
    note: body.note ?? null,
    extra: body.extra ?? {},
    shippingAddress,
    purchases,
    parcels: [
      {
        locationId: location.id,
        type: body.shipping_pickup_type ?? 'pickup',
        carrier: body.shipping ?? placeholder(call),
        option: body.shipping_option ?? placeholder(call),
        merchantCents: centsOf(body.shipping_cost_owner) ?? 0,
        consumerCents: centsOf(body.shipping_cost_customer) ?? 0,
      },
    ],
    claimStock: claim,
  });
  order.ownerNote = body.owner_note ?? null;
  applyStatuses(call, order, body);
  return order;
}

function applyStatuses(call: ApiCall, order: Order, body: Creation): void {
  if (body.payment_status === 'paid') pay(call, order);
  else if (body.payment_status !== undefined) order.paymentStatus = body.payment_status;
  if (body.status === 'closed') {
    order.status = 'closed';
    order.closedAt = call.now;
  }
}

function purchaseOf(call: ApiCall, line: Creation['products'][number]): Purchase {
  for (const product of call.store.products.values()) {
    const variant = product.variants.find((candidate) => candidate.id === line.variant_id);
    if (variant !== undefined) {
      return { product, variant, quantity: line.quantity, priceCents: centsOf(line.price) };
    }
  }
  throw invalid({ products: [`variant ${line.variant_id} does not exist`] });
}

function locationOf(call: ApiCall, id: string | undefined): Location {
  const locations = [...call.store.locations.values()];
  const found =
    id === undefined ? locations.find((location) => location.isDefault) : call.store.locations.get(id);
  if (found === undefined) throw invalid({ location_id: ['does not exist'] });
  return found;
}

function centsOf(value: number | string | undefined): number | undefined {
  return value === undefined ? undefined : parseMoney(value);
}

// The platform fills what is missing with words, which are no data (reference, order page).
function addressOf(call: ApiCall, given: z.infer<typeof address> | undefined): Address {
  const missing = placeholder(call);
  const name = [given?.first_name, given?.last_name].filter((part) => typeof part === 'string').join(' ');
  return {
    name: name === '' ? `${missing} ${missing}` : name,
    address: given?.address ?? missing,
    number: given?.number ?? missing,
    floor: given?.floor ?? missing,
    locality: given?.locality ?? missing,
    city: given?.city ?? missing,
    province: given?.province ?? missing,
    country: given?.country ?? call.store.country,
    zipcode: given?.zipcode ?? '0000',
    phone: given?.phone ?? missing,
  };
}

function placeholder(call: ApiCall): string {
  return call.store.country === 'BR' ? 'Não informado' : 'No informado';
}
