import { saysNothing } from '../../../domain/money.ts';
import type { ItemUpdate } from '../client/order-update.ts';
import { lineIdsOf } from '../order/lines.ts';
import type { PedidosyaItem, PedidosyaOrder } from '../order/schema.ts';

/** A line as PedidosYa shows it, and as it is sent back when nothing of it is to change. */
export interface CartLine {
  readonly id: string;
  readonly shown: PedidosyaItem;
  readonly byWeight: boolean;
  readonly status: ItemUpdate['status'];
  /** As it stands, with its state. */
  readonly asShown: ItemUpdate;
}

export type Cart =
  | { readonly ok: true; readonly lines: readonly CartLine[] }
  | { readonly ok: false; readonly problem: string };

const STATUSES: ReadonlySet<string> = new Set<ItemUpdate['status']>([
  'NOT_PROCESSED',
  'IN_CART',
  'NOT_FOUND',
  'REPLACED',
  'ADDITION',
]);
const isStatus = (word: string): word is ItemUpdate['status'] => STATUSES.has(word);

/**
 * Every line of an order, as it is sent. A body names all of them, because nobody documents what becomes of one that it
 * leaves out (Partner API, use cases of the partner picking: items are required).
 */
export function cartOf({ items }: PedidosyaOrder): Cart {
  const shown = items ?? [];
  if (shown.length === 0) return { ok: false, problem: 'PedidosYa shows no items of the order' };
  const ids = lineIdsOf(shown);
  const lines: CartLine[] = [];
  for (const [index, item] of shown.entries()) {
    const line = lineOf(item, ids[index] ?? '');
    if (line === undefined)
      return { ok: false, problem: `the item ${ids[index]} has no id, price or quantity at PedidosYa` };
    lines.push(line);
  }
  return { ok: true, lines };
}

function lineOf(shown: PedidosyaItem, id: string): CartLine | undefined {
  const { pricing, original_pricing: ordered, _id, sku } = shown;
  // What says nothing is no price: an empty text would make the goods free.
  const unitPrice = Number(saysNothing(pricing?.unit_price) ? Number.NaN : pricing?.unit_price);
  if (!pricing || Number.isNaN(unitPrice) || !(_id || sku)) return undefined;
  const byWeight = pricing.pricing_type?.trim().toUpperCase() === 'KG';
  const word = shown.status?.trim().toUpperCase() ?? '';
  const status = isStatus(word) ? word : 'NOT_PROCESSED';
  const givenUp = status === 'NOT_FOUND' || status === 'REPLACED';
  // Of goods by weight these are portions, and whatever was weighed is one at least. Of any others nobody knows how many there are.
  const quantity = pricing.quantity ?? (givenUp ? 0 : byWeight ? 1 : undefined);
  if (quantity === undefined) return undefined;
  // A weight of 0 is what the scale said before anything lay on it: the weight ordered stands until it is weighed.
  const weight = pricing.weight || ordered?.weight || 0;
  const pieces = Math.trunc(Number(pricing.weighted_pieces ?? 0));
  return {
    id,
    shown,
    byWeight,
    status,
    asShown: {
      ...(_id ? { _id } : {}),
      ...(sku ? { sku } : {}),
      status,
      ...(shown.replaced_id ? { replaced_id: shown.replaced_id } : {}),
      pricing: {
        pricing_type: byWeight ? 'KG' : 'UNIT',
        quantity,
        unit_price: unitPrice,
        ...(byWeight ? { weight, ...(pieces > 0 ? { weighted_pieces: pieces } : {}) } : {}),
      },
    },
  };
}

export const isGivenUp = ({ status }: CartLine): boolean => status === 'NOT_FOUND' || status === 'REPLACED';

/** A line that is sent: what was neither given up nor added is in the cart. */
export const picked = (line: CartLine): ItemUpdate =>
  isGivenUp(line) || line.status === 'ADDITION' ? line.asShown : { ...line.asShown, status: 'IN_CART' };
