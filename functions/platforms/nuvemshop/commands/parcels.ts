import type { CommandTarget } from '../../commands.ts';
import type { FulfilmentOrder } from '../client/fulfilment.ts';
import { failed } from '../client/requests.ts';
import type { NuvemshopClient } from '../client.ts';
import { type ParcelStatus, parcelStatus } from '../order/statuses.ts';

/** A parcel as Nuvemshop shows it now: a fulfilment order, with our word for where it stands. */
export interface Parcel {
  readonly id: string;
  /**
   * How the buyer gets it; an unknown word is taken for one that is sent. `pickup` is fetched at the merchant's own place,
   * `branch` at a carrier's, who takes it there.
   */
  readonly kind: 'ship' | 'branch' | 'pickup' | 'non-shippable';
  readonly status: ParcelStatus;
  readonly shown: FulfilmentOrder;
}

export type Refused = { readonly state: 'refused'; readonly reason: string };
export type Chosen = Refused | { readonly state: 'found'; readonly parcels: readonly Parcel[] };

export const refused = (reason: string): Refused => ({ state: 'refused', reason });

/** A carrier takes it. */
export const isCarried = ({ kind }: Parcel): boolean => kind === 'ship' || kind === 'branch';

/** Left the merchant's hands already. What is ready to be fetched at a carrier's branch was sent there. */
export const isSent = ({ kind, status }: Parcel): boolean =>
  status === 'dispatched' || status === 'delivered' || (kind === 'branch' && status === 'ready_for_pickup');

/**
 * Reads the order's parcels and chooses the one that a command names, or all that were not called off.
 *
 * @throws PlatformError; `retry-later` while the platform has not made the parcels of a new order yet (reference,
 *   multi-inventory guide: the list may be empty for a while).
 */
export async function chooseParcels(
  { fulfilmentOrders }: NuvemshopClient,
  { orderId, row }: CommandTarget,
  named: string | undefined,
): Promise<Chosen> {
  const all = (await fulfilmentOrders.list(orderId)).map(parcelOf);
  const live = all.filter(({ status }) => status !== 'cancelled');
  if (all.length === 0 && row.incomplete === true) {
    const detail = 'Nuvemshop has not made the parcels of the order yet.';
    throw failed({ operation: 'fulfilmentOrders.list', kind: 'retry-later', detail });
  }
  const parcels = named === undefined ? live : live.filter(({ id }) => id === named);
  if (named !== undefined && parcels.length === 0) {
    return refused(
      all.some(({ id }) => id === named)
        ? `The parcel ${named} was called off at Nuvemshop. Name another one: ${listOf(live)}.`
        : `The order has no parcel ${named}. Name one that it has: ${listOf(live)}.`,
    );
  }
  if (parcels.length === 0)
    return refused('The order has no parcels at Nuvemshop: nothing of it is sent or fetched.');
  const odd = parcels.find(({ status }) => status === 'unknown');
  if (odd !== undefined) {
    return refused(
      `The parcel ${odd.id} is in the state "${odd.shown.status}", which is not documented. Change it in Nuvemshop's panel.`,
    );
  }
  return { state: 'found', parcels };
}

/** Of the chosen parcels those that a carrier takes. Refused where the buyer fetches them all from the merchant, or downloads them. */
export function sentOnes(chosen: Chosen, instead: string): Chosen {
  if (chosen.state === 'refused') return chosen;
  const parcels = chosen.parcels.filter(isCarried);
  if (parcels.length > 0) return { state: 'found', parcels };
  const [{ kind } = { kind: 'pickup' }] = chosen.parcels;
  const why = kind === 'pickup' ? 'The buyer fetches it from the merchant' : 'It is nothing that is shipped';
  return refused(`${why}: no carrier takes it. ${instead}`);
}

/** What the row knows against moving a parcel. */
export function refusalOfRow(
  { row: { order, incomplete } }: CommandTarget,
  named?: string,
): string | undefined {
  if (order === undefined) return undefined;
  if (order.status === 'cancelled')
    return 'The order is cancelled at Nuvemshop, for good: nothing of it can be sent. Make a new order.';
  const { parcels } = order.fulfilment;
  if (named === undefined || incomplete === true || parcels.length === 0) return undefined;
  if (parcels.some(({ parcelId }) => parcelId === named)) return undefined;
  return `The order has no parcel ${named}. Name one that it has: ${parcels.map(({ parcelId }) => parcelId).join(', ')}.`;
}

/** Why something that is of one parcel has to name it; undefined where the order has but one. */
export function refusalOfMany({ row: { order } }: CommandTarget, what: string): string | undefined {
  const live = order?.fulfilment.parcels.filter(({ status }) => status !== 'cancelled') ?? [];
  if (live.length < 2) return undefined;
  return needsName(
    what,
    live.map(({ parcelId }) => parcelId),
  );
}

export const needsName = (what: string, ids: readonly string[]): string =>
  `The order has ${ids.length} parcels, and ${what} belongs to one. Give its id as parcel: ${ids.join(', ')}.`;

const listOf = (parcels: readonly Parcel[]): string =>
  parcels.map(({ id }) => id).join(', ') || 'there is none';

/**
 * The carriers that have branches of their own: of the carriers' API, and built in. A `locale` is a place of the merchant's,
 * and of the other codes the reference does not say whose place it is (fulfillment order page, CarrierCodeType).
 */
const CARRIERS: readonly string[] = ['api', 'native'];

function parcelOf(shown: FulfilmentOrder): Parcel {
  return { id: shown.id, kind: kindOf(shown), status: parcelStatus(shown.status), shown };
}

function kindOf({ shipping }: FulfilmentOrder): Parcel['kind'] {
  const type = shipping?.type;
  if (type === 'pickup') return CARRIERS.includes(shipping?.carrier?.code ?? '') ? 'branch' : 'pickup';
  return type === 'non-shippable' ? type : 'ship';
}
