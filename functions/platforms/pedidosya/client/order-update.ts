import * as z from 'zod';
import { describe } from '../../reading/issue-texts.ts';
import { type PedidosyaOrder, pedidosyaOrderSchema } from '../order/schema.ts';
import type { PedidosyaChain, PickingMode } from '../settings.ts';

/** What we send to change an order, strict: every documented form and nothing else (use cases of the partner picking). */

const pricing = z
  .strictObject({
    pricing_type: z.enum(['UNIT', 'KG']),
    quantity: z.number().nonnegative(),
    /** In the currency, as a decimal number. */
    unit_price: z.number().nonnegative(),
    /** Kilograms picked. */
    weight: z.number().nonnegative().optional(),
    weighted_pieces: z.number().int().nonnegative().optional(),
  })
  .refine((one) => one.pricing_type === 'UNIT' || one.weight !== undefined, 'goods by weight need a weight')
  .refine((one) => one.pricing_type === 'KG' || Number.isInteger(one.quantity), 'units are whole');

const item = z
  .strictObject({
    _id: z.string().min(1).optional(),
    sku: z.string().min(1).optional(),
    status: z.enum(['NOT_PROCESSED', 'IN_CART', 'NOT_FOUND', 'REPLACED', 'ADDITION']),
    /** The `_id` of the item that this one stands in for. */
    replaced_id: z.string().min(1).optional(),
    pricing,
  })
  .refine((one) => one._id !== undefined || one.sku !== undefined, 'needs _id or sku');
export type ItemUpdate = z.output<typeof item>;

const items = z
  .array(item)
  .min(1)
  .refine(
    (all) =>
      all.every(
        ({ replaced_id }) =>
          replaced_id === undefined ||
          all.some((one) => one._id === replaced_id && one.status === 'REPLACED'),
      ),
    'replaced_id must name an item that is REPLACED',
  );
const inCart = items.refine(
  (all) => all.some(({ status }) => status === 'IN_CART' || status === 'ADDITION'),
  'nothing is left in the cart: cancel the order instead',
);

export const CANCEL_REASONS = ['CLOSED', 'ITEM_UNAVAILABLE', 'TOO_BUSY'] as const;

export const orderUpdateSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('READY_FOR_PICKUP'), items: inCart }),
  z.strictObject({ status: z.literal('DISPATCHED'), items: inCart }),
  z.strictObject({ status: z.literal('UPDATE_CART'), items: inCart }),
  z.strictObject({
    status: z.literal('CANCELLED'),
    items,
    cancellation: z.strictObject({ reason: z.enum(CANCEL_REASONS) }),
  }),
]);
export type OrderUpdate = z.output<typeof orderUpdateSchema>;

/** What is sent. */
export type OrderUpdateBody = OrderUpdate & { order_id: string };

export type OrderUpdateDecision =
  | { verdict: 'allowed'; body: OrderUpdateBody }
  | { verdict: 'already' }
  | { verdict: 'refused'; why: string };

const BEFORE_HANDOVER = new Set(['RECEIVED', 'ACCEPTED', 'READY_FOR_PICKUP']);
const BEFORE_FULFILMENT = new Set(['RECEIVED', 'ACCEPTED']);

/**
 * Decides whether an order may be changed as asked, before a call is spent on it. The rules are the platform's: stores
 * picked in PedidosYa's own app ("pelican") push nothing; READY_FOR_PICKUP is for its riders and DISPATCHED for the
 * merchant's; a cancellation comes before the hand-over and a cart edit before the fulfilment.
 *
 * @param json the order as the platform shows it now.
 */
export function decideOrderUpdate(
  json: unknown,
  update: OrderUpdate,
  settings: Pick<PedidosyaChain, 'stores'>,
): OrderUpdateDecision {
  const order = pedidosyaOrderSchema.safeParse(json);
  if (!order.success)
    return refused(`The order cannot be read: ${describe(order.error.issues, pedidosyaOrderSchema)}.`);
  const checked = orderUpdateSchema.safeParse(update);
  if (!checked.success) return refused(`The change is not valid: ${describe(checked.error.issues)}.`);
  const picking = pickingModeOf(order.data, settings);
  if (picking === 'pelican') {
    return refused(
      'The store is picked in PedidosYa\'s own app (pickingMode "pelican"): statuses are set there.',
    );
  }
  if (picking === undefined) {
    return refused("The order's outlet is not configured: add it under stores with its pickingMode.");
  }
  if (checked.data.status !== 'UPDATE_CART' && hasTaken(json, checked.data)) return { verdict: 'already' };
  const why = objection(order.data, checked.data);
  if (why !== undefined) return refused(why);
  return { verdict: 'allowed', body: { order_id: order.data.order_id, ...checked.data } };
}

/** Whether the platform's order shows that an update was carried out. */
export function hasTaken(json: unknown, update: OrderUpdate): boolean {
  const order = pedidosyaOrderSchema.safeParse(json);
  if (!order.success) return false;
  const word = wordOf(order.data);
  switch (update.status) {
    case 'CANCELLED':
      return word === 'CANCELLED';
    // After the merchant's own DISPATCHED the platform shows that word, at a sister brand READY_FOR_PICKUP.
    case 'READY_FOR_PICKUP':
    case 'DISPATCHED':
      return ['READY_FOR_PICKUP', 'DISPATCHED', 'PICKED_UP', 'DELIVERED'].includes(word);
    case 'UPDATE_CART':
      return update.items.every((wanted) => (order.data.items ?? []).some((found) => shows(found, wanted)));
  }
}

function objection(order: PedidosyaOrder, update: OrderUpdate): string | undefined {
  const word = wordOf(order);
  const transport = order.transport_type ?? 'unknown';
  switch (update.status) {
    case 'READY_FOR_PICKUP':
      if (transport !== 'LOGISTICS_DELIVERY') {
        return `READY_FOR_PICKUP is for orders that PedidosYa carries (LOGISTICS_DELIVERY); this one is ${transport}.`;
      }
      break;
    case 'DISPATCHED':
      if (transport !== 'VENDOR_DELIVERY') {
        return `DISPATCHED is for orders that the merchant carries (VENDOR_DELIVERY); this one is ${transport}.`;
      }
      break;
    case 'CANCELLED':
      return BEFORE_HANDOVER.has(word)
        ? undefined
        : `An order can be cancelled before it is handed over; this one is ${word}.`;
    case 'UPDATE_CART':
      break;
  }
  return BEFORE_FULFILMENT.has(word)
    ? undefined
    : `${update.status} comes before the fulfilment; this order is ${word}.`;
}

function pickingModeOf(
  { client }: PedidosyaOrder,
  { stores }: Pick<PedidosyaChain, 'stores'>,
): PickingMode | undefined {
  const own = client?.external_partner_config_id;
  const store =
    stores.find(({ ownCode }) => ownCode !== undefined && ownCode === own) ??
    stores.find(({ storeId }) => storeId === client?.store_id);
  if (store !== undefined) return store.pickingMode;
  // An answer without the outlet still tells enough when every outlet is picked alike.
  const modes = new Set(stores.map(({ pickingMode }) => pickingMode));
  return client?.store_id || own || modes.size !== 1 ? undefined : stores[0]?.pickingMode;
}

function shows(found: NonNullable<PedidosyaOrder['items']>[number], wanted: ItemUpdate): boolean {
  const same = wanted._id === undefined ? found.sku === wanted.sku : found._id === wanted._id;
  if (!same) return false;
  const gone = ['NOT_FOUND', 'REPLACED'].includes(wanted.status);
  if (gone) return found.status === wanted.status;
  const measure = wanted.pricing.pricing_type === 'KG' ? 'weight' : 'quantity';
  return found.pricing?.[measure] === wanted.pricing[measure];
}

function wordOf(order: PedidosyaOrder): string {
  return order.status.trim().toUpperCase();
}

function refused(why: string): OrderUpdateDecision {
  return { verdict: 'refused', why };
}

/** What the picker found that differs from what was ordered, by the item's `_id`, else its SKU. */
export type PickChange =
  | { item: string; change: 'not-found' }
  | { item: string; change: 'quantity'; quantity: number }
  /** Kilograms. */
  | { item: string; change: 'weight'; weight: number; pieces?: number }
  | { item: string; change: 'replace'; sku: string; quantity: number; unitPrice: number };

export type Picking = { ok: true; items: ItemUpdate[] } | { ok: false; problem: string };

/**
 * The items of a change as the platform wants them: all of them, each with its state and price (use cases of the partner
 * picking: fulfil, fulfil in part, change quantity or weight, replace). Items without a change are in the cart as ordered;
 * those given up earlier stay so.
 *
 * @param json the order as the platform shows it now.
 */
export function pickedItems(json: unknown, changes: readonly PickChange[] = []): Picking {
  const order = pedidosyaOrderSchema.safeParse(json);
  const ordered = order.success ? (order.data.items ?? []) : [];
  if (ordered.length === 0) return { ok: false, problem: 'the order shows no items' };
  const items: ItemUpdate[] = [];
  const open = new Set(changes);
  for (const [index, one] of ordered.entries()) {
    const { pricing } = one;
    const unitPrice = Number(pricing?.unit_price ?? Number.NaN);
    if (!pricing || Number.isNaN(unitPrice) || !(one._id || one.sku)) {
      return { ok: false, problem: `items[${index}] has no id or no price` };
    }
    const change =
      changes.find(({ item }) => item === one._id) ?? changes.find(({ item }) => item === one.sku);
    if (change !== undefined) open.delete(change);
    const byWeight = pricing.pricing_type === 'KG';
    const base = {
      ...(one._id ? { _id: one._id } : {}),
      ...(one.sku ? { sku: one.sku } : {}),
      ...(one.replaced_id ? { replaced_id: one.replaced_id } : {}),
    };
    const asOrdered: ItemUpdate['pricing'] = {
      pricing_type: byWeight ? 'KG' : 'UNIT',
      quantity: pricing.quantity ?? 0,
      unit_price: unitPrice,
      ...(byWeight ? { weight: pricing.weight ?? 0 } : {}),
    };
    items.push(
      ...applied(
        base,
        asOrdered,
        one.status === 'NOT_FOUND' || one.status === 'REPLACED' ? one.status : undefined,
        change,
      ),
    );
  }
  const unknown = [...open].map(({ item }) => item);
  return unknown.length === 0
    ? { ok: true, items }
    : { ok: false, problem: `the order has no item ${unknown.join(', ')}` };
}

function applied(
  base: Pick<ItemUpdate, '_id' | 'sku' | 'replaced_id'>,
  pricing: ItemUpdate['pricing'],
  givenUp: 'NOT_FOUND' | 'REPLACED' | undefined,
  change: PickChange | undefined,
): ItemUpdate[] {
  switch (change?.change) {
    case undefined:
      return [{ ...base, status: givenUp ?? 'IN_CART', pricing }];
    case 'not-found':
      return [{ ...base, status: 'NOT_FOUND', pricing: { ...pricing, quantity: 0 } }];
    case 'quantity':
      return [{ ...base, status: 'IN_CART', pricing: { ...pricing, quantity: change.quantity } }];
    case 'weight': {
      const pieces = change.pieces === undefined ? {} : { weighted_pieces: change.pieces };
      return [{ ...base, status: 'IN_CART', pricing: { ...pricing, weight: change.weight, ...pieces } }];
    }
    case 'replace':
      return [
        { ...base, status: 'REPLACED', pricing },
        {
          sku: change.sku,
          status: 'IN_CART',
          ...(base._id === undefined ? {} : { replaced_id: base._id }),
          pricing: { pricing_type: 'UNIT', quantity: change.quantity, unit_price: change.unitPrice },
        },
      ];
  }
}
