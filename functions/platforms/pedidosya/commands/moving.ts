import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { CommandTarget, Look, PlatformCommand } from '../../commands.ts';
import type { OrderUpdate } from '../client/order-update.ts';
import type { PedidosyaClient } from '../client.ts';
import type { PedidosyaOrder } from '../order/schema.ts';
import type { PedidosyaChain } from '../settings.ts';
import { cartOf, isGivenUp, picked } from './cart.ts';
import {
  BEFORE_FULFILMENT,
  BEFORE_HANDOVER,
  FULFILLED,
  orderNow,
  refusalOfPicking,
  wordOf,
} from './order-now.ts';
import { CANCELLED, REFUSED_BY_ROW, refusalOfRow } from './row-refusals.ts';

type Settings = Pick<PedidosyaChain, 'stores'>;
type Command<Name extends 'ready' | 'dispatch' | 'cancel'> = PlatformCommand<
  PedidosyaClient,
  Name,
  OrderUpdate
>;
type Refused = Extract<Look<never>, { state: 'refused' }>;

const PUT = 'PUT /chains/{chain}/orders/{id}';
const WHOLE_CART = 'every line as a GET of the same run shows it';

export const refused = (reason: string): Refused => ({ state: 'refused', reason });

const NO_CARRIER = 'PedidosYa does not say who carries the order. Change it in the Partner Portal.';
const NO_CALL_TWICE = 'the order is read first, and one that is as far or further gets no call';
const EMPTY = 'nothing is left in the cart: cancel it';
const FOR_RIDERS =
  'This order is carried by the store (VENDOR_DELIVERY), and READY_FOR_PICKUP is for those that riders of PedidosYa fetch (LOGISTICS_DELIVERY). Use dispatch when it leaves.';
const FOR_STORES =
  'Riders of PedidosYa fetch this order (LOGISTICS_DELIVERY), and DISPATCHED is for those that the store carries (VENDOR_DELIVERY). Use ready; PedidosYa says by itself when it left.';

/** Picked, and waiting for a rider of PedidosYa. */
export const readyOf = (settings: Settings): Command<'ready'> => ({
  call: `${PUT} with status READY_FOR_PICKUP and ${WHOLE_CART}`,
  once: NO_CALL_TWICE,
  refusedWhen: [...REFUSED_BY_ROW, 'the store carries it: dispatch it', EMPTY],
  // A rider waits for minutes; what was not said by then PedidosYa has settled by itself.
  expiresAfterHours: 2,
  ...fulfilling(settings, {
    status: 'READY_FOR_PICKUP',
    transport: 'LOGISTICS_DELIVERY',
    carriedBy: 'platform',
    otherwise: FOR_RIDERS,
  }),
});

/** Picked, and on its way with the store's own rider. */
export const dispatchOf = (settings: Settings): Command<'dispatch'> => ({
  call: `${PUT} with status DISPATCHED and ${WHOLE_CART}`,
  once: NO_CALL_TWICE,
  refusedWhen: [
    ...REFUSED_BY_ROW,
    'riders of PedidosYa fetch it: it is ready, and they say when it left',
    EMPTY,
  ],
  ignores: ['carrier', 'code', 'url', 'notify'],
  ...fulfilling(settings, {
    status: 'DISPATCHED',
    transport: 'VENDOR_DELIVERY',
    carriedBy: 'merchant',
    otherwise: FOR_STORES,
  }),
});

interface Fulfilment {
  readonly status: 'READY_FOR_PICKUP' | 'DISPATCHED';
  readonly transport: string;
  readonly carriedBy: 'platform' | 'merchant';
  /** Said where the other one carries it. */
  readonly otherwise: string;
}

function fulfilling(
  settings: Settings,
  how: Fulfilment,
): Pick<Command<'ready'>, 'twice' | 'refusal' | 'look' | 'run'> {
  return {
    twice: () => 'harmless',
    refusal(target, { parcel }) {
      const by = target.row.order?.fulfilment.by ?? 'unknown';
      const known = refusalOfRow(target, settings, parcel);
      return known ?? (by === 'unknown' || by === how.carriedBy ? undefined : how.otherwise);
    },
    look: async (api, { orderId }) => lookOfFulfilment(await orderNow(api, orderId), settings, how),
    run: update,
  };
}

function lookOfFulfilment(
  order: PedidosyaOrder,
  settings: Settings,
  { status, transport, otherwise }: Fulfilment,
): Look<OrderUpdate> {
  const word = wordOf(order);
  if (FULFILLED.has(word)) return { state: 'there' };
  if (word === 'CANCELLED') return refused(CANCELLED);
  const picking = refusalOfPicking(order, settings);
  if (picking !== undefined) return refused(picking);
  if (order.transport_type !== transport) {
    return refused(order.transport_type ? otherwise : NO_CARRIER);
  }
  if (!BEFORE_FULFILMENT.has(word)) return refused(unknownWord(word));
  const cart = cartOf(order);
  if (!cart.ok)
    return refused(`${cart.problem}, and a fulfilment has to name each. Fulfil it in the Partner Portal.`);
  if (cart.lines.every(isGivenUp))
    return refused('Nothing is left in the cart. Use cancel, with the reason inventory.');
  const unweighed = cart.lines.filter(
    (line) => line.byWeight && !isGivenUp(line) && line.asShown.pricing.weight === 0,
  );
  if (unweighed.length > 0) {
    const ids = unweighed.map(({ id }) => id).join(', ');
    return refused(
      `Sold by weight and not weighed: ${ids}. Send items with weightKg of each first, or quantity 0 for what there is not.`,
    );
  }
  return { state: 'absent', step: status, fresh: { status, items: cart.lines.map(picked) } };
}

/** PedidosYa takes three reasons from a store (Partner API, use cases of the partner picking). */
const REASONS: Readonly<
  Partial<Record<CommandInput<'cancel'>['reason'], 'CLOSED' | 'ITEM_UNAVAILABLE' | 'TOO_BUSY'>>
> = {
  inventory: 'ITEM_UNAVAILABLE',
  closed: 'CLOSED',
  busy: 'TOO_BUSY',
};
const HANDED_OVER =
  "The order was handed over, and PedidosYa cancels only before that. Settle it with PedidosYa's support.";

/** By the store, before the hand-over. PedidosYa holds no stock, and tells the buyer in its own way. */
export function cancelOf(settings: Settings): Command<'cancel'> {
  return {
    call: `${PUT} with status CANCELLED, its reason and ${WHOLE_CART}`,
    once: 'a cancelled order gets no call; a reason that is not the one given is named as not confirmed',
    refusedWhen: [
      ...REFUSED_BY_ROW.filter((when) => when !== 'the order is cancelled'),
      'the reason is none of inventory, closed and busy',
      'the order was handed over',
    ],
    ignores: ['restock', 'notify', 'comment'],
    twice: () => 'harmless',
    refusal(target, { reason }) {
      if (REASONS[reason] === undefined) return notOurs(reason);
      const status = target.row.order?.status;
      // Already as wanted, which the look says.
      if (status === 'cancelled') return undefined;
      const known = refusalOfRow(target, settings);
      return known ?? (status === 'dispatched' || status === 'delivered' ? HANDED_OVER : undefined);
    },
    async look(api, { orderId }, { reason }): Promise<Look<OrderUpdate>> {
      const order = await orderNow(api, orderId);
      const word = wordOf(order);
      const ours = REASONS[reason];
      if (word === 'CANCELLED') {
        const same = ours !== undefined && order.cancellation?.reason === ours;
        return { state: 'there', ...(same ? {} : { unconfirmed: ['reason'] }) };
      }
      if (ours === undefined) return refused(notOurs(reason));
      const picking = refusalOfPicking(order, settings);
      if (picking !== undefined) return refused(picking);
      if (!BEFORE_HANDOVER.has(word)) return refused(FULFILLED.has(word) ? HANDED_OVER : unknownWord(word));
      const cart = cartOf(order);
      if (!cart.ok)
        return refused(
          `${cart.problem}, and a cancellation has to name each. Cancel it in the Partner Portal.`,
        );
      const items = cart.lines.map(({ asShown }) => asShown);
      return {
        state: 'absent',
        step: 'CANCELLED',
        fresh: { status: 'CANCELLED', items, cancellation: { reason: ours } },
      };
    },
    run: update,
  };
}

const notOurs = (reason: string): string =>
  `PedidosYa takes three reasons from a store, and ${reason} is none of them: inventory (something is missing), closed, busy. ` +
  "A buyer who changed his mind cancels in PedidosYa's app; the rest is for PedidosYa's support.";

const unknownWord = (word: string): string =>
  `PedidosYa says "${word}" of the order, which is not documented. Change it in the Partner Portal.`;

export async function update(
  { orders }: PedidosyaClient,
  { orderId }: CommandTarget,
  _: unknown,
  body: OrderUpdate,
): Promise<void> {
  await orders.update(orderId, body);
}
