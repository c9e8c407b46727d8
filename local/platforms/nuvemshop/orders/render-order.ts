import { covers } from '../access/scopes.ts';
import { compactOffset, money, phpDate } from '../formats.ts';
import type { ApiCall } from '../platform.ts';
import { renderCustomer } from '../resources/render-customer.ts';
import { type Kit, type Order, type OrderLine, shippingStatusOf, subtotalOf, totalOf } from './order.ts';
import { legacyShipping } from './render-legacy-shipping.ts';

/** Which reply an order is printed for; the platform's types differ between them. */
export type OrderForm = 'list' | 'detail' | 'write';

/** Parts that are printed only on request (`aggregates=`). */
export interface OrderAggregates {
  fulfilmentOrders: boolean;
  customFields: boolean;
}

/** An order without any aggregate. */
export const noAggregates: OrderAggregates = { fulfilmentOrders: false, customFields: false };

/** An order as the API prints it (reference, order page; quirks of type as in the official samples). */
export function renderOrder(order: Order, call: ApiCall, form: OrderForm, aggregates = noAggregates): object {
  const { store, version } = call;
  const usdRate = store.currency === 'BRL' ? 5 : 1000;
  return {
    id: order.id,
    token: order.token,
    store_id: form === 'write' ? store.id : String(store.id),
    contact_email: order.contact.email,
    contact_name: order.contact.name,
    contact_phone: order.contact.phone,
    contact_identification: order.contact.identification,
    ...billing(order),
    coupon: order.couponCodes.map((code, index) => ({ id: index + 1, code })),
    promotional_discount: {
      id: null,
      store_id: store.id,
      order_id: form === 'write' ? order.id : String(order.id),
      created_at: compactOffset(order.createdAt),
      total_discount_amount: '0.00',
      contents: [],
      promotions_applied: [],
    },
    subtotal: money(subtotalOf(order)),
    discount: money(order.couponCents + order.gatewayDiscountCents),
    discount_coupon: money(order.couponCents),
    discount_gateway: money(order.gatewayDiscountCents),
    total: money(totalOf(order)),
    total_usd: money(Math.round(totalOf(order) / usdRate)),
    total_paid_by_customer: money(order.paidCents),
    total_paid_by_customer_including_fees: money(Math.round(order.paidCents * (1 + order.interest))),
    checkout_enabled: true,
    weight: weightOf(order.lines),
    currency: order.currency,
    language: order.language,
    gateway: order.gateway,
    gateway_id: order.gatewayId,
    gateway_name: order.gatewayName,
    extra: order.extra,
    storefront: order.storefront,
    note: order.note,
    created_at: compactOffset(order.createdAt),
    updated_at: compactOffset(order.updatedAt),
    completed_at: phpDate(order.createdAt),
    payment_details: {
      method: order.paymentMethod,
      credit_card_company: order.paymentMethod === 'credit_card' ? 'visa' : null,
      installments: version === 'v1' ? String(order.installments) : order.installments,
    },
    same_billing_and_shipping_address: order.billing.address === order.shippingAddress?.address,
    attributes: [],
    ...customerPart(order, call),
    products: order.lines.map((line) => renderLine(line, order)),
    number: order.number,
    cancel_reason: order.cancelReason,
    owner_note: order.ownerNote,
    cancelled_at: optionalDate(order.cancelledAt),
    closed_at: optionalDate(order.closedAt),
    read_at: null,
    status: order.status,
    payment_status: order.paymentStatus,
    gateway_link: null,
    shipping_address: order.shippingAddress && {
      ...order.shippingAddress,
      id: 0,
      default: false,
      customs: null,
      created_at: compactOffset(order.createdAt),
      updated_at: compactOffset(order.updatedAt),
    },
    shipping_status: shippingStatusOf(order),
    ...fulfilmentLists(order, call, form, aggregates.fulfilmentOrders),
    paid_at: optionalDate(order.paidAt),
    client_details: { browser_ip: '192.0.2.10', user_agent: 'Mozilla/5.0 (simulated)' },
    app_id: order.appId,
    is_subscription: false,
    is_subscription_initial: false,
    ...(aggregates.customFields ? { custom_fields: customFields(order, call) } : {}),
    ...(version === 'v1' ? legacyShipping(order) : {}),
  };
}

function billing(order: Order): object {
  const { billing } = order;
  return {
    billing_name: billing.name,
    billing_phone: billing.phone,
    billing_address: billing.address,
    billing_number: billing.number,
    billing_floor: billing.floor,
    billing_locality: billing.locality,
    billing_zipcode: billing.zipcode,
    billing_city: billing.city,
    billing_province: billing.province,
    billing_country: billing.country,
    billing_customer_type: billing.kind,
    billing_business_name: billing.company?.businessName ?? null,
    billing_trade_name: billing.company?.tradeName ?? null,
    billing_state_registration: billing.company?.stateRegistration ?? null,
    billing_fiscal_regime: null,
    billing_invoice_use: null,
    billing_document_type: billing.documentType,
  };
}

function renderLine(line: OrderLine, order: Order): object {
  return {
    id: line.id,
    depth: '0.00',
    height: '0.00',
    name: line.name,
    name_without_variants: line.nameWithoutVariants,
    price: money(line.priceCents),
    compare_at_price: money(line.compareAtCents),
    product_id: line.productId,
    image: {
      id: line.productId,
      product_id: line.productId,
      src: line.imageSrc,
      position: 1,
      alt: [],
      created_at: compactOffset(order.createdAt),
      updated_at: compactOffset(order.createdAt),
    },
    quantity: line.stringly ? String(line.quantity) : line.quantity,
    free_shipping: line.freeShipping,
    weight: line.weight,
    width: '0.00',
    variant_id: line.stringly ? String(line.variantId) : line.variantId,
    variant_values: line.variantValues,
    properties: line.properties,
    sku: line.sku,
    barcode: line.barcode,
    has_promotional_price: line.priceCents < line.compareAtCents,
    cost: line.costCents === null ? null : money(line.costCents),
    ...(line.kit === null ? {} : kitPart(line.kit)),
    ...(line.unclaimedStock > 0 ? { issues: { unclaimed_stock: line.unclaimedStock } } : {}),
  };
}

function kitPart({ catalogId, orderKitId, name, priceCents }: Kit): object {
  return {
    catalog_kit_id: catalogId,
    order_kit_id: orderKitId,
    kit: { id: catalogId, variant_id: catalogId + 1, name, price: money(priceCents) },
  };
}

// The object needs read_customers (reference, order page).
function customerPart(order: Order, call: ApiCall): object {
  if (!covers(call.store.scopes, 'read_customers')) return {};
  const customer = order.customerId === null ? undefined : call.store.customers.get(order.customerId);
  return { customer: customer === undefined ? null : renderCustomer(customer, call.store) };
}

// Ids by default and objects with the aggregate, in one list or the other.
function fulfilmentLists(order: Order, call: ApiCall, form: OrderForm, inflate: boolean): object {
  const ids = order.fulfilmentOrders.map((fulfilment) => fulfilment.id);
  if (call.now < order.listedFrom) return { fulfillments: [] };
  if (!inflate) return { fulfillments: ids };
  const objects = fulfilments(order, form);
  switch (order.listing) {
    case 'first':
      return { fulfillments: objects };
    case 'second':
      return { fulfillments: null, fulfillment_orders: objects };
    case 'ids-beside':
      return { fulfillments: ids, fulfillment_orders: objects };
    case 'swapped':
      return { fulfillments: objects, fulfillment_orders: ids };
  }
}

/** A deep copy of plain values, in a tenth of the time of structuredClone. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyOf(inner)])) as T;
}

// On the list the objects are partial.
function fulfilments(order: Order, form: OrderForm): unknown[] {
  if (form !== 'list') return copyOf(order.fulfilmentOrders);
  return order.fulfilmentOrders.map(({ id, number, status, shipping }) => ({
    id,
    number,
    status,
    shipping: {
      type: shipping.type,
      carrier: { name: shipping.carrier.name },
      option: { name: shipping.option.name },
    },
  }));
}

function customFields(order: Order, call: ApiCall): object[] {
  return [...order.customFields].flatMap(([id, value]) => {
    const field = call.store.customFields.get(id);
    if (field === undefined) return [];
    const key = field.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return [
      {
        id,
        owner_resource: 'order',
        source: field.ours ? 'app' : 'admin',
        value_type: field.valueType,
        key,
        name: field.name,
        description: field.description,
        read_only: field.readOnly,
        value,
      },
    ];
  });
}

function weightOf(lines: readonly OrderLine[]): string {
  return lines.reduce((sum, line) => sum + Number(line.weight) * line.quantity, 0).toFixed(3);
}

function optionalDate(ms: number | null): string | null {
  return ms === null ? null : compactOffset(ms);
}
