import * as z from 'zod';
import type { CommandInput } from '../../../domain/command-inputs.ts';
import { lazily } from '../../../domain/lazily.ts';
import type { CommandTarget, Look, PlatformCommand } from '../../commands.ts';
import type { OrderCancellation } from '../client/order-writes.ts';
import { read } from '../client/requests.ts';
import type { NuvemshopClient } from '../client.ts';
import { time } from '../order/fields.ts';
import { readOrderTime } from '../order/times.ts';
import { refused } from './parcels.ts';

const text = lazily(() => z.string().nullish());
const shownOrder = lazily(() =>
  z.looseObject({
    status: z.string(),
    cancelled_at: time().catch(undefined),
    cancel_reason: text(),
    owner_note: text(),
  }),
);
type ShownOrder = z.output<ReturnType<typeof shownOrder>>;

/** For good, also where it was archived afterwards. */
const isCancelledThere = ({ status, cancelled_at: at }: ShownOrder): boolean =>
  status === 'cancelled' || (status === 'closed' && readOrderTime(at) !== undefined);

/** The order as Nuvemshop shows it now. */
async function orderNow({ orders }: NuvemshopClient, { orderId }: CommandTarget) {
  const { json } = await orders.get(orderId);
  return read(shownOrder(), 'orders.get', { json, status: 200 });
}

const STAYS_CANCELLED = 'A cancelled order stays cancelled at Nuvemshop. Make a new one.';
const isCancelled = ({ row }: CommandTarget): boolean => row.order?.status === 'cancelled';

/** Nuvemshop's four reasons (reference, order page). */
const REASONS = {
  customer: 'customer',
  inventory: 'inventory',
  fraud: 'fraud',
  address: 'other',
  closed: 'other',
  busy: 'other',
  other: 'other',
} as const satisfies Record<CommandInput<'cancel'>['reason'], OrderCancellation['reason']>;

/** E-mail and stock are decided with the call, and cannot be seen of the order afterwards. */
export const cancel: PlatformCommand<NuvemshopClient, 'cancel', undefined> = {
  call: 'POST /orders/{id}/cancel, always with reason, email and restock',
  once: 'a cancelled order gets no call; whether it was restocked and the buyer told is then named as not confirmed',
  refusedWhen: [],
  ignores: ['comment'],
  twice: ({ notify, restock }) => (notify || restock ? 'harmful' : 'harmless'),
  async look(api, target, { reason }): Promise<Look<undefined>> {
    const shown = await orderNow(api, target);
    if (!isCancelledThere(shown)) return { state: 'absent', step: 'cancel', fresh: undefined };
    const sameReason = shown.cancel_reason === REASONS[reason];
    return { state: 'there', unconfirmed: ['restock', 'notify', ...(sameReason ? [] : ['reason'])] };
  },
  async run({ orderWrites }, { orderId }, { reason, restock, notify }) {
    await orderWrites.cancel(orderId, { reason: REASONS[reason], email: notify, restock });
  },
};

/** The merchant's own note, which no buyer sees. */
export const note: PlatformCommand<NuvemshopClient, 'note', undefined> = {
  call: 'PUT /orders/{id} with owner_note',
  once: 'it sets a text: twice is as once',
  refusedWhen: [],
  twice: () => 'harmless',
  async look(api, target, input): Promise<Look<undefined>> {
    const { owner_note: shown } = await orderNow(api, target);
    if ((shown ?? '') === input.text) return { state: 'there' };
    return { state: 'absent', step: 'note', fresh: undefined };
  },
  async run({ orderWrites }, { orderId }, input) {
    await orderWrites.update(orderId, { owner_note: input.text });
  },
};

/** Into the archive. */
export const close: PlatformCommand<NuvemshopClient, 'close', undefined> = {
  call: 'POST /orders/{id}/close',
  once: 'it sets a state: twice is as once',
  refusedWhen: [],
  twice: () => 'harmless',
  async look(api, target): Promise<Look<undefined>> {
    const { status } = await orderNow(api, target);
    return status === 'closed' ? { state: 'there' } : { state: 'absent', step: 'close', fresh: undefined };
  },
  async run({ orderWrites }, { orderId }) {
    await orderWrites.close(orderId);
  },
};

/** Out of the archive. */
export const reopen: PlatformCommand<NuvemshopClient, 'reopen', undefined> = {
  call: 'POST /orders/{id}/open',
  once: 'it sets a state: twice is as once',
  refusedWhen: ['the order is cancelled: there is no way back'],
  twice: () => 'harmless',
  refusal: (target) => (isCancelled(target) ? STAYS_CANCELLED : undefined),
  async look(api, target): Promise<Look<undefined>> {
    const shown = await orderNow(api, target);
    if (shown.status === 'open') return { state: 'there' };
    return isCancelledThere(shown)
      ? refused(STAYS_CANCELLED)
      : { state: 'absent', step: 'reopen', fresh: undefined };
  },
  async run({ orderWrites }, { orderId }) {
    await orderWrites.open(orderId);
  },
};
