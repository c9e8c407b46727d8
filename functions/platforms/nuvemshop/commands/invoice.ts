import { createHash } from 'node:crypto';
import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { Look, PlatformCommand } from '../../commands.ts';
import type { NuvemshopClient } from '../client.ts';
import { type Invoice, readEntry } from './invoice-list.ts';
import { chooseParcels, refusalOfRow, refused } from './parcels.ts';
import { NO_PARCEL } from './sending.ts';

/** The text to write, and the metafield to write it into; a new one where there is none. */
export interface ListToWrite {
  readonly id?: string;
  readonly value: string;
}

const NO_LINK =
  'Nuvemshop shows an invoice by its link, and keeps none without one. Give link: the address where the buyer sees it.';

/**
 * An invoice's key and link, which Nuvemshop shows to the buyer. It is one entry of a list that all apps of the store share,
 * and that nobody can lock: the look after the call sees whether another app wrote over it, and the next one then writes
 * into what that app left.
 */
export const invoice: PlatformCommand<NuvemshopClient, 'invoice', ListToWrite> = {
  call: 'POST /metafields or PUT /metafields/{id}: nfe/list of the order, a list that all apps share',
  once: 'the list is read first and afterwards; the key stands in it once, whoever gave it and however often',
  refusedWhen: [
    'no link is given',
    'the key stands there with another link or parcel, and replace is not given',
    NO_PARCEL,
    'another app made the list unreadable',
  ],
  twice: () => 'harmful',
  refusal(target, { link, parcel }) {
    if (link === undefined) return NO_LINK;
    // An order that was cancelled has its invoices all the same.
    return parcel === undefined || target.row.order?.status === 'cancelled'
      ? undefined
      : refusalOfRow(target, parcel);
  },
  async look(api, target, input): Promise<Look<ListToWrite>> {
    const wanted = invoiceOf(input);
    if (wanted === undefined) return refused(NO_LINK);
    const found = await api.invoices.find(target.orderId);
    const entry = readEntry(found?.value, wanted);
    if (entry.state === 'there') return { state: 'there' };
    if (entry.state === 'unreadable') {
      return refused(
        'The invoices of the order (metafield nfe/list) are not a JSON list: another app wrote something else. Correct or delete it in that app; writing over it would lose what it says.',
      );
    }
    if (entry.state === 'other' && !input.replace) {
      return refused(
        // Neither key nor links: they may tell of a person, and a reason is read by others and kept for good.
        'An invoice with this key stands there already, with another link or for another parcel. Give replace to put this one in its place.',
      );
    }
    const chosen = input.parcel === undefined ? undefined : await chooseParcels(api, target, input.parcel);
    if (chosen?.state === 'refused') return chosen;
    const value = entry.state === 'other' ? entry.replaced : entry.added;
    return {
      state: 'absent',
      step: `${found?.id ?? 'new'} ${digest(found?.value ?? '')}`,
      fresh: { ...(found === undefined ? {} : { id: found.id }), value },
    };
  },
  async run({ invoices }, { orderId }, _, { id, value }) {
    if (id === undefined) await invoices.create(orderId, value);
    else await invoices.replace(id, value);
  },
};

function invoiceOf({ key, link, parcel }: CommandInput<'invoice'>): Invoice | undefined {
  if (link === undefined) return undefined;
  return { key, link, ...(parcel === undefined ? {} : { fulfillment_order_id: parcel }) };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
