import type { SimResponse } from '../../simulator.ts';
import type { Product } from '../catalogue/products.ts';
import type { Country } from '../countries.ts';
import type { PickingMode } from '../options.ts';
import { problem } from '../problems.ts';
import type { ItemUpdate, OrderUpdate } from '../request-schemas.ts';
import { lineTotal, totalled } from './money.ts';
import type { ItemPricing, OrderItem, OrderStatus, PedidosYaOrder } from './order.ts';

/** What the rules need to know besides the order. */
export interface UpdateContext {
  pickingMode: PickingMode;
  country: Country;
  product(sku: string): Product | undefined;
  newItemId(): string;
  /** What the order says after DISPATCHED. Default DISPATCHED. */
  dispatchedShownAs?: OrderStatus | undefined;
  /** What becomes of lines that are not named. Default `kept`. */
  omittedLines?: 'kept' | 'dropped' | undefined;
}

/** An order after an update, times untouched, or the answer that refuses it. */
export type UpdateResult = { ok: true; order: PedidosYaOrder } | { ok: false; refusal: SimResponse };

/** Statuses from which each update is allowed. */
const ALLOWED_FROM: Readonly<Record<OrderUpdate['status'], readonly OrderStatus[]>> = {
  READY_FOR_PICKUP: ['RECEIVED'],
  DISPATCHED: ['RECEIVED'],
  UPDATE_CART: ['RECEIVED'],
  CANCELLED: ['RECEIVED', 'READY_FOR_PICKUP'],
};

/**
 * Applies a PUT order, or says why the platform refuses it.
 *
 * READY_FOR_PICKUP is for the platform's riders, DISPATCHED for the store's own, cancelling ends at the hand-over,
 * cart updates end with fulfilment, and a store that picks with the platform's app pushes nothing.
 * Source: partner-picking and pelican-picking use cases. Refusals are 400, the only status seen for validation.
 */
export function applyOrderUpdate(
  order: PedidosYaOrder,
  update: OrderUpdate,
  context: UpdateContext,
): UpdateResult {
  const refusal = refusalOf(order, update, context.pickingMode);
  if (refusal !== undefined) return refused(refusal.code, refusal.message);
  const items = updatedItems(order, update.items, context);
  if (typeof items === 'string') return refused('INVALID_ITEM', items);
  const payment = totalled(order.payment, items, context.country);
  const status = statusAfter(update.status, order, context);
  const cancelled = update.cancellation && {
    cancellation: {
      reason: update.cancellation.reason,
      cancelled_by: 'VENDOR',
      post_picked_up: false,
    } as const,
  };
  return { ok: true, order: { ...order, status, items, payment, ...cancelled } };
}

function statusAfter(
  sent: OrderUpdate['status'],
  order: PedidosYaOrder,
  { dispatchedShownAs = 'DISPATCHED' }: UpdateContext,
): OrderStatus {
  if (sent === 'UPDATE_CART') return order.status;
  return sent === 'DISPATCHED' ? dispatchedShownAs : sent;
}

function refusalOf(
  order: PedidosYaOrder,
  update: OrderUpdate,
  pickingMode: PickingMode,
): { code: string; message: string } | undefined {
  if (update.order_id !== order.order_id) {
    return { code: 'INVALID_ORDER_ID', message: 'order_id differs from the one in the path' };
  }
  if (pickingMode === 'pelican') {
    return { code: 'INVALID_PICKING_MODE', message: 'Orders of this store are picked in the platform app' };
  }
  const transport = { READY_FOR_PICKUP: 'LOGISTICS_DELIVERY', DISPATCHED: 'VENDOR_DELIVERY' } as const;
  if (update.status === 'READY_FOR_PICKUP' || update.status === 'DISPATCHED') {
    if (order.transport_type !== transport[update.status]) {
      return {
        code: 'INVALID_STATUS',
        message: `${update.status} is not allowed for transport type ${order.transport_type}`,
      };
    }
  }
  if (!ALLOWED_FROM[update.status].includes(order.status)) {
    return {
      code: 'INVALID_STATUS_TRANSITION',
      message: `${update.status} is not allowed while the order is ${order.status}`,
    };
  }
  if ((update.status === 'CANCELLED') !== (update.cancellation !== undefined)) {
    return {
      code: 'INVALID_CANCELLATION',
      message: 'cancellation.reason goes with CANCELLED, and only with it',
    };
  }
  return undefined;
}

function updatedItems(
  order: PedidosYaOrder,
  updates: readonly ItemUpdate[],
  context: UpdateContext,
): OrderItem[] | string {
  const named = (item: OrderItem) =>
    updates.some(({ _id, sku }) => (_id === undefined ? item.sku === sku : item._id === _id));
  const items = context.omittedLines === 'dropped' ? order.items.filter(named) : [...order.items];
  for (const update of updates) {
    const index = items.findIndex((item) =>
      update._id === undefined ? item.sku === update.sku : item._id === update._id,
    );
    const known = items[index];
    if (known !== undefined) {
      if (known.pricing.pricing_type !== update.pricing.pricing_type) {
        return `item ${known._id} is sold by ${known.pricing.pricing_type}`;
      }
      items[index] = changedItem(known, update, context.country);
    } else if (update._id === undefined && update.sku !== undefined && isNew(update)) {
      items.push(newItem(update.sku, update, context));
    } else {
      return `no item ${update._id ?? update.sku} in this order`;
    }
  }
  return replacementFault(items) ?? items;
}

function isNew(update: ItemUpdate): boolean {
  return update.status === 'ADDITION' || update.replaced_id !== undefined;
}

function replacementFault(items: readonly OrderItem[]): string | undefined {
  const replaced = new Set(items.filter(({ status }) => status === 'REPLACED').map(({ _id }) => _id));
  const named = new Set(items.flatMap(({ replaced_id }) => replaced_id ?? []));
  for (const id of replaced) if (!named.has(id)) return `item ${id} is REPLACED but no item replaces it`;
  for (const id of named)
    if (!replaced.has(id)) return `replaced_id ${id} is not an item with status REPLACED`;
  return undefined;
}

function changedItem(item: OrderItem, update: ItemUpdate, country: Country): OrderItem {
  return {
    ...item,
    status: update.status,
    ...(update.replaced_id === undefined ? {} : { replaced_id: update.replaced_id }),
    pricing: priced({ ...item.pricing }, update, country),
  };
}

function newItem(sku: string, update: ItemUpdate, context: UpdateContext): OrderItem {
  const product = context.product(sku);
  const blank: ItemPricing = {
    pricing_type: update.pricing.pricing_type,
    unit_price: 0,
    quantity: 0,
    total_price: 0,
    weight: 0,
    weighted_pieces: 0,
    min_quantity: 0,
    max_quantity: 0,
    vat_percent: 0,
  };
  const pricing = priced(blank, update, context.country);
  return {
    _id: context.newItemId(),
    sku,
    barcode: product?.barcodes ?? [],
    name: product?.name ?? sku,
    status: update.status,
    instructions: '',
    image_url: '',
    ...(update.replaced_id === undefined ? {} : { replaced_id: update.replaced_id }),
    container_deposit: 0,
    discount: 0,
    pricing,
    original_pricing: pricing,
  };
}

function priced(before: ItemPricing, update: ItemUpdate, country: Country): ItemPricing {
  const {
    quantity,
    unit_price,
    weight = before.weight,
    weighted_pieces = before.weighted_pieces,
  } = update.pricing;
  const pricing = { ...before, quantity, unit_price, weight, weighted_pieces };
  return { ...pricing, total_price: lineTotal(update.status, pricing, country) };
}

function refused(code: string, message: string): UpdateResult {
  return { ok: false, refusal: problem(400, code, message) };
}
