import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { ItemUpdate } from '../client/order-update.ts';
import { type CartLine, isGivenUp } from './cart.ts';

export type Change = CommandInput<'items'>['lines'][number];
export type Substitute = CommandInput<'items'>['added'][number];

/** A line that is new, before anybody said what it costs. */
export interface Unpriced {
  readonly product: Substitute;
  readonly status: 'IN_CART' | 'ADDITION';
  /** Of the line that it stands in for. */
  readonly replaces?: string;
}

/** What becomes of a line: as wanted already, sent otherwise, or not to be had. */
export type Changed =
  | { readonly is: 'shown' }
  | { readonly is: 'sent'; readonly item: ItemUpdate; readonly unpriced?: Unpriced }
  /** A line that the order does not have yet. */
  | { readonly is: 'new'; readonly unpriced: Unpriced }
  | { readonly is: 'refused'; readonly reason: string };

const refused = (reason: string): Changed => ({ is: 'refused', reason });
const shown: Changed = { is: 'shown' };

/** @param all the lines of the order, for what stands in for this one */
export function changeLine(line: CartLine, change: Change, all: readonly CartLine[]): Changed {
  const { replacedBy, quantity, weightKg } = change;
  if (replacedBy === undefined && quantity === undefined && weightKg === undefined)
    return refused(`The line ${line.id} is named without a change. Give quantity, weightKg or replacedBy.`);
  if (replacedBy !== undefined && (quantity !== undefined || weightKg !== undefined))
    return refused(`The line ${line.id} cannot be replaced and changed at once. Give replacedBy alone.`);
  const inPlace = all.find(
    ({ shown: { replaced_id } }) =>
      replaced_id !== null && replaced_id !== undefined && replaced_id === line.shown._id,
  );
  if (replacedBy !== undefined) return replaceLine(line, replacedBy, inPlace);
  if (line.status === 'REPLACED')
    return refused(
      `The line ${line.id} was replaced by the line ${inPlace?.id ?? 'of another product'}. Change that one.`,
    );
  return quantity === 0 ? takeOff(line) : line.byWeight ? weigh(line, change) : count(line, change);
}

function replaceLine(line: CartLine, by: Substitute, inPlace: CartLine | undefined): Changed {
  if (line.status !== 'REPLACED') {
    if (line.asShown._id === undefined)
      return refused(
        `The line ${line.id} has no id at PedidosYa, so nothing can name it as replaced. Take it off (quantity 0) and add the other product.`,
      );
    const unpriced = { product: by, status: 'IN_CART', replaces: line.asShown._id } as const;
    return { is: 'sent', item: { ...line.asShown, status: 'REPLACED' }, unpriced };
  }
  const same = inPlace?.shown.sku === by.sku && inPlace.shown.pricing?.quantity === by.quantity;
  return same
    ? shown
    : refused(
        `The line ${line.id} was replaced already, by the line ${inPlace?.id ?? 'of another product'}. Change that one.`,
      );
}

function takeOff(line: CartLine): Changed {
  if (line.status === 'NOT_FOUND') return shown;
  return {
    is: 'sent',
    item: { ...line.asShown, status: 'NOT_FOUND', pricing: { ...line.asShown.pricing, quantity: 0 } },
  };
}

function weigh(line: CartLine, { quantity, weightKg }: Change): Changed {
  if (weightKg === undefined)
    return refused(
      `The line ${line.id} is sold by weight. Give weightKg, what the scale says; quantity are the pieces on it.`,
    );
  if (quantity !== undefined && !Number.isInteger(quantity))
    return refused(`The pieces of the line ${line.id} are whole. Give quantity without decimals, or none.`);
  const pieces = Number(line.shown.pricing?.weighted_pieces ?? Number.NaN);
  if (
    !isGivenUp(line) &&
    line.shown.pricing?.weight === weightKg &&
    (quantity === undefined || pieces === quantity)
  )
    return shown;
  const pricing = {
    ...line.asShown.pricing,
    quantity: line.asShown.pricing.quantity || 1,
    weight: weightKg,
    ...(quantity === undefined ? {} : { weighted_pieces: quantity }),
  };
  return { is: 'sent', item: { ...line.asShown, status: 'IN_CART', pricing } };
}

function count(line: CartLine, { quantity, weightKg }: Change): Changed {
  if (weightKg !== undefined || quantity === undefined)
    return refused(`The line ${line.id} is sold by the piece. Give quantity, not weightKg.`);
  if (!Number.isInteger(quantity))
    return refused(`The line ${line.id} is sold by the piece. Give a whole quantity.`);
  if (!isGivenUp(line) && line.shown.pricing?.quantity === quantity) return shown;
  return {
    is: 'sent',
    item: { ...line.asShown, status: 'IN_CART', pricing: { ...line.asShown.pricing, quantity } },
  };
}

/** A product that nobody ordered. One that was added before is named by its id, and its quantity set. */
export function addProduct(product: Substitute, all: readonly CartLine[]): Changed {
  if (!Number.isInteger(product.quantity))
    return refused(`What is added is counted in pieces. Give a whole quantity of ${product.sku}.`);
  const line = all.find(({ shown: { sku, replaced_id } }) => sku === product.sku && !replaced_id);
  if (line === undefined) return { is: 'new', unpriced: { product, status: 'ADDITION' } };
  if (line.shown.pricing?.quantity === product.quantity && line.status === 'ADDITION') return shown;
  if (line.status !== 'ADDITION') return refused(orderedAlready(product.sku, line.id));
  const pricing = { ...line.asShown.pricing, quantity: product.quantity };
  return { is: 'sent', item: { ...line.asShown, pricing } };
}

export const orderedAlready = (sku: string, line: string): string =>
  `The order has ${sku} already, on the line ${line}. Change the quantity of that line.`;

/** What is sent of a new line. */
export const newItem = (
  { product: { sku, quantity }, status, replaces }: Unpriced,
  unitPrice: number,
): ItemUpdate => ({
  sku,
  status,
  ...(replaces === undefined ? {} : { replaced_id: replaces }),
  pricing: { pricing_type: 'UNIT', quantity, unit_price: unitPrice },
});
