import { pedidosyaOrderSchema } from './schema.ts';
import type { ItemUpdate } from './update.ts';

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
