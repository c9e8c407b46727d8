import { createHash } from 'node:crypto';
import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { CommandTarget, Look, PlatformCommand } from '../../commands.ts';
import type { ItemUpdate, OrderUpdate } from '../client/order-update.ts';
import type { PedidosyaClient } from '../client.ts';
import type { PedidosyaOrder } from '../order/schema.ts';
import type { PedidosyaChain } from '../settings.ts';
import { cartOf } from './cart.ts';
import { newItem, orderedAlready, type Unpriced } from './cart-changes.ts';
import { draftCart } from './changed-cart.ts';
import { refused, update } from './moving.ts';
import { BEFORE_FULFILMENT, orderNow, outletOf, refusalOfPicking, wordOf } from './order-now.ts';
import { CANCELLED, REFUSED_BY_ROW, refusalOfRow } from './row-refusals.ts';

type Settings = Pick<PedidosyaChain, 'stores'>;

/**
 * What is sent of an order, before it is fulfilled. No webhook follows, so the look after the call is the only one to see it;
 * and every later body is made from what PedidosYa shows then, or it would undo this one.
 */
export function itemsOf(settings: Settings): PlatformCommand<PedidosyaClient, 'items', OrderUpdate> {
  return {
    call: 'PUT /chains/{chain}/orders/{id} with status UPDATE_CART and every line, made from a GET of the same run',
    once: 'each line is compared with a fresh GET; where all are as wanted there is no call',
    refusedWhen: [
      ...REFUSED_BY_ROW,
      'the order is fulfilled',
      'a line is not in the order, was replaced before, or is changed in what it is not sold by',
      'a product is added that the order has already',
      'a new product has no price in the catalogue, and none is given',
      'nothing would be left: cancel it',
    ],
    // Nobody documents whether a product that is added twice is one line or two.
    twice: ({ lines, added }) =>
      added.length > 0 || lines.some(({ replacedBy }) => replacedBy !== undefined) ? 'harmful' : 'harmless',
    refusal: (target, input) => refusalOfRow(target, settings) ?? refusalOfAdded(target, input),
    async look(api, { orderId }, input): Promise<Look<OrderUpdate>> {
      const order = await orderNow(api, orderId);
      const word = wordOf(order);
      if (word === 'CANCELLED') return refused(CANCELLED);
      const picking = refusalOfPicking(order, settings);
      if (picking !== undefined) return refused(picking);
      const cart = cartOf(order);
      if (!cart.ok)
        return refused(`${cart.problem}, and a change has to name each. Change it in the Partner Portal.`);
      const draft = draftCart(cart.lines, input);
      if (draft.ok && !draft.changed) return { state: 'there' };
      if (!BEFORE_FULFILMENT.has(word)) return refused(tooLate(word));
      if (!draft.ok) return refused(draft.reason);
      const items = await price(api, vendorOf(order, settings), draft.items);
      if (typeof items === 'string') return refused(items);
      if (items.every(({ status }) => status === 'NOT_FOUND' || status === 'REPLACED'))
        return refused('Nothing would be left in the cart. Use cancel, with the reason inventory.');
      return {
        state: 'absent',
        step: `UPDATE_CART ${digest(items)}`,
        fresh: { status: 'UPDATE_CART', items },
      };
    },
    run: update,
  };
}

/** What the row knows against adding a product: it is on a line already, which the buyer ordered. */
function refusalOfAdded(
  { row: { order } }: CommandTarget,
  { added }: CommandInput<'items'>,
): string | undefined {
  for (const { sku } of added) {
    const line = order?.lines?.find(
      (one) => one.sku === sku && one.platformStatus !== 'ADDITION' && one.replacesLineId === undefined,
    );
    if (line !== undefined) return orderedAlready(sku, line.lineId);
  }
  return undefined;
}

/** Gives new lines their price: what the command says, else the catalogue's. A text says which has none. */
async function price(
  { catalogue }: PedidosyaClient,
  vendor: string | undefined,
  items: readonly (ItemUpdate | Unpriced)[],
): Promise<ItemUpdate[] | string> {
  const priced: ItemUpdate[] = [];
  for (const item of items) {
    if (!('product' in item)) {
      priced.push(item);
      continue;
    }
    const { sku, unitPrice } = item.product;
    const known =
      unitPrice === undefined ? await priceInCatalogue(catalogue, vendor, sku) : Number(unitPrice);
    if (known === undefined) return `The catalogue of the outlet shows no price of ${sku}. Give unitPrice.`;
    priced.push(newItem(item, known));
  }
  return priced;
}

async function priceInCatalogue(
  catalogue: PedidosyaClient['catalogue'],
  vendor: string | undefined,
  sku: string,
): Promise<number | undefined> {
  if (vendor === undefined) return undefined;
  for await (const product of catalogue.list({ vendor, queryTerm: sku, pageSize: 50 })) {
    if (product.sku === sku) return product.price;
  }
  return undefined;
}

/** The outlet as paths name it: by the partner's own code once it was remapped (Partner Portal, vendor identifier). */
function vendorOf(order: PedidosyaOrder, settings: Settings): string | undefined {
  const outlet = outletOf(order, settings);
  return outlet?.ownCode ?? outlet?.storeId;
}

const tooLate = (word: string): string =>
  `Lines change before the order is fulfilled, and PedidosYa says ${word} of it. Settle what is missing with PedidosYa's support.`;

const digest = (items: readonly ItemUpdate[]): string =>
  createHash('sha256').update(JSON.stringify(items)).digest('hex').slice(0, 16);
