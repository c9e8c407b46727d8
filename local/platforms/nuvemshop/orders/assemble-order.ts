import { type Product, totalStock, type Variant } from '../catalogue/catalogue.ts';
import { moveStock } from '../catalogue/stock.ts';
import { assembleFulfilment, type ShippingChoice } from '../fulfilment/assemble-fulfilment.ts';
import { emit, emitOrder } from '../webhooks/events.ts';
import type { Scene } from './change-order.ts';
import type { Address, Kit, Order, OrderLine, ParcelListing } from './order.ts';

/** What is bought. */
export interface Purchase {
  product: Product;
  variant: Variant;
  quantity: number;
  /** Default: what the variant costs now. */
  priceCents?: number | undefined;
  properties?: OrderLine['properties'];
  kit?: Kit;
}

/** Everything about a new order that the platform does not decide by itself. */
export interface OrderDraft
  extends Pick<
    Order,
    | 'appId'
    | 'storefront'
    | 'contact'
    | 'customerId'
    | 'billing'
    | 'couponCodes'
    | 'couponCents'
    | 'gatewayDiscountCents'
    | 'gateway'
    | 'gatewayName'
    | 'paymentMethod'
    | 'installments'
    | 'note'
    | 'extra'
  > {
  shippingAddress: Address | null;
  /** Default: at once. */
  parcelsAfterMs?: number;
  /** Default: the first list, with objects where they are asked for. */
  listing?: ParcelListing;
  /** Share of what is paid that a lender adds. Default 0. */
  interest?: number;
  customFields?: Order['customFields'];
  purchases: readonly Purchase[];
  /** One entry per parcel; the lines are dealt out among them. */
  parcels: readonly (ShippingChoice & { locationId: string })[];
  /** Takes the units from the stock of the first parcel's location. */
  claimStock: boolean;
}

/** Makes an order of a draft, puts it into the shop and tells `order/created`. */
export function placeOrder(scene: Scene, draft: OrderDraft): Order {
  const { platform, store, now } = scene;
  const {
    purchases,
    parcels,
    claimStock,
    parcelsAfterMs = platform.options.fulfillmentsDelayMs ?? 0,
    ...given
  } = draft;
  const location = parcels[0]?.locationId;
  const lines = purchases.map((purchase) => {
    const missing =
      claimStock && location !== undefined
        ? moveStock(purchase.variant, location, -purchase.quantity, now)
        : 0;
    return assembleLine(scene, purchase, missing);
  });
  const order: Order = {
    listing: 'first',
    interest: 0,
    customFields: new Map(),
    ...given,
    id: platform.nextId('order'),
    number: store.nextOrderNumber,
    token: platform.random.hex(40),
    currency: store.currency,
    language: store.language,
    gatewayId: null,
    ownerNote: null,
    lines,
    status: 'open',
    paymentStatus: 'pending',
    cancelReason: null,
    paidCents: 0,
    createdAt: now,
    updatedAt: now,
    paidAt: null,
    cancelledAt: null,
    closedAt: null,
    fulfilmentOrders: [],
    listedFrom: now + parcelsAfterMs,
    values: [],
    editions: [],
  };
  store.nextOrderNumber += 1;
  order.fulfilmentOrders = parcels.map((parcel, index) =>
    assembleFulfilment(
      scene,
      order,
      parcel,
      lines.filter((_, line) => line % parcels.length === index),
      index,
    ),
  );
  store.orders.set(order.id, order);
  const customer = order.customerId === null ? undefined : store.customers.get(order.customerId);
  if (customer !== undefined) customer.lastOrderId = order.id;
  emitOrder(platform, store, order.id, 'created');
  if (claimStock) tellStock(scene, purchases);
  return order;
}

/** A line of an order as the shop writes it down at the moment of sale. */
export function assembleLine(scene: Scene, purchase: Purchase, missing: number): OrderLine {
  const { product, variant } = purchase;
  const language = scene.store.language;
  const options = variant.values.map((value) => value[language] ?? Object.values(value)[0] ?? '');
  const plain = product.name[language] ?? '';
  const listPrice = variant.priceCents ?? 0;
  return {
    id: scene.platform.nextId('line'),
    productId: product.id,
    variantId: variant.id,
    name: options.length === 0 ? plain : `${plain} (${options.join(', ')})`,
    nameWithoutVariants: plain,
    variantValues: options,
    priceCents: purchase.priceCents ?? variant.promotionalCents ?? listPrice,
    compareAtCents: listPrice,
    costCents: variant.costCents,
    quantity: purchase.quantity,
    sku: variant.sku,
    barcode: variant.barcode,
    weight: variant.weight ?? '0.00',
    freeShipping: product.freeShipping,
    imageSrc: product.images[0]?.src ?? 'https://images.example/no-photo.png',
    properties: purchase.properties ?? [],
    unclaimedStock: missing,
    kit: purchase.kit ?? null,
    stringly: scene.platform.random.chance(0.3),
  };
}

/** Whether a shop can sell so many units of a variant. */
export function inStock(variant: Variant, quantity: number): boolean {
  const stock = totalStock(variant);
  return stock === null || stock >= quantity;
}

function tellStock({ platform, store, now }: Scene, purchases: readonly Purchase[]): void {
  for (const product of new Set(purchases.map((purchase) => purchase.product))) {
    product.updatedAt = now;
    emit(platform, store, 'product/updated', { id: product.id });
  }
}
