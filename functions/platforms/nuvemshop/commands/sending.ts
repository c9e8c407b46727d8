import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { Look, PlatformCommand } from '../../commands.ts';
import type { FulfilmentPatch } from '../client/fulfilment.ts';
import type { NuvemshopClient } from '../client.ts';
import {
  chooseParcels,
  isSent,
  needsName,
  type Parcel,
  refusalOfMany,
  refusalOfRow,
  refused,
  sentOnes,
} from './parcels.ts';

/** A parcel and what is to be changed of it. */
export interface Change {
  readonly id: string;
  readonly patch: FulfilmentPatch;
}

const PATCH = 'PATCH /orders/{id}/fulfillment-orders/{parcel}';
export const CANCELLED = 'the order is cancelled';
export const NO_PARCEL = 'the order has no such parcel';

/** Packed, or waiting to be fetched from the merchant: at a carrier's branch it waits once it is there. */
export const ready: PlatformCommand<NuvemshopClient, 'ready', Change> = {
  call: `${PATCH} with status PACKED, or READY_FOR_PICKUP where the buyer fetches it from the merchant`,
  once: 'the state of each parcel is read first, and one that is as far or further is left alone',
  refusedWhen: [CANCELLED, NO_PARCEL, 'nothing of it is shipped or fetched: deliver it'],
  twice: () => 'harmless',
  refusal: (target, { parcel }) => refusalOfRow(target, parcel),
  async look(api, target, { parcel }): Promise<Look<Change>> {
    const chosen = await chooseParcels(api, target, parcel);
    if (chosen.state === 'refused') return chosen;
    const packed = chosen.parcels.filter(({ kind }) => kind !== 'non-shippable');
    if (packed.length === 0)
      return refused('It is nothing that is shipped: there is nothing to pack. Use deliver.');
    const [next, ...others] = packed.filter(
      ({ kind, status }) => status === 'unpacked' || (kind === 'pickup' && status === 'packed'),
    );
    if (next === undefined) return { state: 'there' };
    const status = next.kind === 'pickup' ? 'READY_FOR_PICKUP' : 'PACKED';
    return {
      state: 'absent',
      step: `${next.id} ${status}`,
      more: others.length > 0,
      fresh: { id: next.id, patch: { status } },
    };
  },
  async run({ fulfilmentOrders }, { orderId }, _, { id, patch }) {
    await fulfilmentOrders.patch(orderId, id, patch);
  },
};

/**
 * Handed to the carrier. A code, or an address to track by, that comes later is an effect of its own; the mail to the buyer
 * goes with the call that changes something, and with no other.
 */
export const dispatch: PlatformCommand<NuvemshopClient, 'dispatch', Change> = {
  call: `${PATCH} with status DISPATCHED and tracking_info, for each parcel`,
  once: 'the state, code and address of each parcel are read first; who is as wanted gets no call, and so no mail',
  refusedWhen: [
    CANCELLED,
    NO_PARCEL,
    'the order has several parcels, and a code or address names none of them',
    'the buyer fetches it from the merchant, or nothing of it is shipped',
  ],
  ignores: ['carrier'],
  twice: ({ notify }) => (notify ? 'harmful' : 'harmless'),
  refusal(target, { parcel, code, url }) {
    const tracked = code !== undefined || url !== undefined;
    return (
      refusalOfRow(target, parcel) ??
      (tracked && parcel === undefined ? refusalOfMany(target, 'a tracking code or address') : undefined)
    );
  },
  async look(api, target, input): Promise<Look<Change>> {
    const chosen = sentOnes(
      await chooseParcels(api, target, input.parcel),
      'Use ready, and deliver once it was fetched.',
    );
    if (chosen.state === 'refused') return chosen;
    const { parcels } = chosen;
    if ((input.code ?? input.url) !== undefined && parcels.length > 1) {
      return refused(
        needsName(
          'a tracking code or address',
          parcels.map(({ id }) => id),
        ),
      );
    }
    const [next, ...others] = parcels.flatMap((parcel): Change[] => {
      const patch = missingOf(parcel, input);
      return patch === undefined ? [] : [{ id: parcel.id, patch }];
    });
    if (next === undefined) return { state: 'there', ...(input.notify ? { unconfirmed: ['notify'] } : {}) };
    // One that mails is named by what is wanted of the parcel, and not by what is missing: where the platform writes a code in
    // its own way, what is missing after the call is another step, and would mail once more.
    const { code, url, notify } = input;
    const step = `${next.id} ${notify ? `DISPATCHED, told ${code} ${url}` : JSON.stringify(next.patch)}`;
    return { state: 'absent', step, more: others.length > 0, fresh: next };
  },
  async run({ fulfilmentOrders }, { orderId }, _, { id, patch }) {
    await fulfilmentOrders.patch(orderId, id, patch);
  },
};

/** What a parcel lacks of being dispatched as wanted; undefined when it lacks nothing. */
function missingOf(
  parcel: Parcel,
  { code, url, notify }: CommandInput<'dispatch'>,
): FulfilmentPatch | undefined {
  const known = {
    code: parcel.shown.tracking_info?.code?.trim() || undefined,
    url: parcel.shown.tracking_info?.url?.trim() || undefined,
  };
  const newCode = code !== undefined && code !== known.code;
  const newUrl = url !== undefined && url !== known.url;
  if (isSent(parcel) && !newCode && !newUrl) return undefined;
  // Both are said whenever one is: whether what is left out stays is not documented. The address of another code is wrong.
  const tracking = {
    code: code ?? known.code ?? null,
    url: url ?? (newCode ? undefined : known.url) ?? null,
    notify_customer: notify,
  };
  return {
    ...(isSent(parcel) ? {} : { status: 'DISPATCHED' as const }),
    ...(newCode || newUrl || notify ? { tracking_info: tracking } : {}),
  };
}
