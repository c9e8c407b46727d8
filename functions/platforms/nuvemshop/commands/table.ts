import type { CommandTable } from '../../commands.ts';
import type { NuvemshopClient } from '../client.ts';
import { invoice } from './invoice.ts';
import { dispatch, ready } from './sending.ts';
import { deliver, track } from './tracking.ts';
import { cancel, close, note, reopen } from './whole-order.ts';

/** What Nuvemshop can have done to an order, and why it cannot the rest. */
export const commands: CommandTable<NuvemshopClient> = {
  ready,
  dispatch,
  track,
  deliver,
  cancel,
  items: {
    refused:
      "Nuvemshop's stable API changes no lines of an order. Edit the order in the panel: the change comes in as order/edited.",
  },
  invoice,
  note,
  close,
  reopen,
  pay: {
    refused:
      "Nuvemshop's API has no call that pays an order. Mark it as paid in the panel, or let its payment provider report the payment: the change comes in as order/paid.",
  },
};
