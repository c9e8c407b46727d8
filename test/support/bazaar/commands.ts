import { COMMANDS, type CommandName } from '../../../functions/domain/command.ts';
import type {
  CommandTable,
  Look,
  NoCommand,
  PlatformCommand,
} from '../../../functions/platforms/commands.ts';
import { orderJson } from './api.ts';
import type { BazaarClient } from './client.ts';

const NO_CALL: NoCommand = { refused: 'Bazaar has no call for it. Use the Bazaar panel.' };
const DONE = 'The order is done. Settle it with the buyer.';

/** Bazaar tells the buyer of each cancellation, so none is made twice. */
const cancel: PlatformCommand<BazaarClient, 'cancel', undefined> = {
  call: 'POST /orders/{id}/cancel',
  once: 'the order is read first, and a cancelled one gets no call',
  refusedWhen: ['the order is done'],
  ignores: ['reason', 'restock', 'notify', 'comment'],
  twice: () => 'harmful',
  refusal: ({ row }) => (row.order?.status === 'delivered' ? DONE : undefined),
  async look(api, { orderId }): Promise<Look<undefined>> {
    const { status } = orderJson.parse((await api.order(orderId)).json);
    if (status === 'cancelled') return { state: 'there' };
    if (status === 'done') return { state: 'refused', reason: DONE };
    return { state: 'absent', step: 'cancel', fresh: undefined };
  },
  async run(api, { orderId }) {
    await api.cancel(orderId);
  },
};

/** Bazaar has an order cancelled, and nothing else done to it. */
export const commands: CommandTable<BazaarClient> = {
  ...(Object.fromEntries(COMMANDS.map((name) => [name, NO_CALL])) as Record<CommandName, NoCommand>),
  cancel,
};
