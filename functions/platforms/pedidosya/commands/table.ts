import type { CommandTable } from '../../commands.ts';
import type { PedidosyaClient } from '../client.ts';
import type { PedidosyaChain } from '../settings.ts';
import { itemsOf } from './items.ts';
import { cancelOf, dispatchOf, readyOf } from './moving.ts';

/** What PedidosYa can have done to an order of a chain, and why it cannot the rest. How an outlet picks decides order by order. */
export function commandsOf(settings: Pick<PedidosyaChain, 'stores'>): CommandTable<PedidosyaClient> {
  return {
    ready: readyOf(settings),
    dispatch: dispatchOf(settings),
    track: {
      refused:
        'PedidosYa takes no tracking events. Use dispatch when the order leaves; the buyer follows it in their app.',
    },
    deliver: {
      refused:
        'PedidosYa says by itself that an order was delivered, about half an hour after it was ready. Use ready or dispatch, and wait for the status delivered.',
    },
    cancel: cancelOf(settings),
    items: itemsOf(settings),
    invoice: {
      refused:
        'PedidosYa has no call for invoices. Keep the invoice in your own system, under the displayNumber of the order.',
    },
    note: { refused: 'PedidosYa takes no notes of a store. Keep the note in your own system.' },
    close: { refused: 'PedidosYa has no archive: an order ends as delivered or cancelled. Leave close out.' },
    reopen: {
      refused:
        'PedidosYa opens no order again: what it cancelled or delivered is final. It takes a new order.',
    },
    pay: { refused: 'PedidosYa collects the payment, and its orders are paid. There is nothing to do.' },
  };
}
