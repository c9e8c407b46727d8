import type { CommandInput } from '../../../domain/command-inputs.ts';
import { isoTime } from '../../../domain/time.ts';
import type { CommandTarget, Look, PlatformCommand } from '../../commands.ts';
import { findEvent, type TrackingEvent, type TrackingEventBody } from '../client/fulfilment.ts';
import type { NuvemshopClient } from '../client.ts';
import {
  chooseParcels,
  isCarried,
  isSent,
  needsName,
  type Parcel,
  refusalOfMany,
  refusalOfRow,
  refused,
  sentOnes,
} from './parcels.ts';
import { CANCELLED, NO_PARCEL } from './sending.ts';

/** The call that is missing: a parcel's state, or an event of it. */
export interface NextCall {
  readonly id: string;
  readonly status?: 'DISPATCHED' | 'DELIVERED';
  readonly event?: TrackingEventBody;
}

/** A fulfilment order holds no more (reference, fulfillment order page). */
const MOST_EVENTS = 100;
const EVENTS = 'POST /orders/{id}/fulfillment-orders/{parcel}/tracking-events';
const FIRST = 'PATCH of the parcel to DISPATCHED first, where it is not sent yet';

const WORDS = {
  received_by_carrier: 'received_by_post_office',
  in_transit: 'in_transit',
  out_for_delivery: 'out_for_delivery',
  delivery_attempt_failed: 'delivery_attempt_failed',
  delayed: 'delayed',
  ready_for_pickup: 'ready_for_pickup',
  returned_to_sender: 'returned_to_sender',
  lost: 'lost',
  failure: 'failure',
} as const satisfies Record<CommandInput<'track'>['status'], TrackingEventBody['status']>;

/** What a carrier says of a parcel on its way. */
export const track: PlatformCommand<NuvemshopClient, 'track', NextCall> = {
  call: `${EVENTS}; ${FIRST}`,
  once: 'the events are read first, and the platform refuses an identical one, which counts as done',
  refusedWhen: [
    CANCELLED,
    NO_PARCEL,
    'the order has several parcels, and none is named',
    'the buyer fetches it from the merchant, or nothing of it is shipped',
    `the parcel has ${MOST_EVENTS} events`,
  ],
  twice: () => 'harmless',
  refusal: (target, { parcel }) =>
    refusalOfRow(target, parcel) ??
    (parcel === undefined ? refusalOfMany(target, 'what happened') : undefined),
  async look(api, target, input): Promise<Look<NextCall>> {
    const chosen = sentOnes(
      await chooseParcels(api, target, input.parcel),
      'Use deliver once the buyer has it.',
    );
    if (chosen.state === 'refused') return chosen;
    const [parcel, ...others] = chosen.parcels;
    if (parcel === undefined || others.length > 0)
      return refused(
        needsName(
          'what happened',
          chosen.parcels.map(({ id }) => id),
        ),
      );
    const event = eventOf(WORDS[input.status], target, input);
    const events = await eventsOf(api, target, parcel);
    if (findEvent(events, event) !== undefined) return { state: 'there' };
    if (events.length >= MOST_EVENTS) return refused(tooMany(parcel));
    return isSent(parcel)
      ? next({ id: parcel.id, event }, false)
      : next({ id: parcel.id, status: 'DISPATCHED' }, true);
  },
  run: makeCall,
};

/** With the buyer. What a carrier takes is delivered by an event, which the reference prefers; the rest by its state. */
export const deliver: PlatformCommand<NuvemshopClient, 'deliver', NextCall> = {
  call: `${EVENTS} with status delivered; ${FIRST}; what the buyer fetches from the merchant, or what waits at a branch: PATCH to DELIVERED`,
  once: 'the state of each parcel is read first, and the platform refuses an identical event',
  refusedWhen: [CANCELLED, NO_PARCEL],
  twice: () => 'harmless',
  refusal: (target, { parcel }) => refusalOfRow(target, parcel),
  async look(api, target, input): Promise<Look<NextCall>> {
    const chosen = await chooseParcels(api, target, input.parcel);
    if (chosen.state === 'refused') return chosen;
    const [parcel, ...others] = chosen.parcels.filter(({ status }) => status !== 'delivered');
    if (parcel === undefined) return { state: 'there' };
    const { id } = parcel;
    const more = others.length > 0;
    // Events are for what is DISPATCHED (reference), which a parcel that waits at a branch is no more.
    const waits = parcel.status === 'ready_for_pickup';
    if (!isCarried(parcel) || waits) return next({ id, status: 'DELIVERED' }, more);
    if (!isSent(parcel)) return next({ id, status: 'DISPATCHED' }, true);
    const event = eventOf('delivered', target, input);
    const events = await eventsOf(api, target, parcel);
    // The event is there, or no more fit, and the parcel is not delivered all the same: its state can be set.
    const useState = findEvent(events, event) !== undefined || events.length >= MOST_EVENTS;
    return next(useState ? { id, status: 'DELIVERED' } : { id, event }, more);
  },
  run: makeCall,
};

async function makeCall(
  { fulfilmentOrders, trackingEvents }: NuvemshopClient,
  { orderId }: CommandTarget,
  _: unknown,
  { id, status, event }: NextCall,
): Promise<void> {
  if (event !== undefined) await trackingEvents.create(orderId, id, event);
  else if (status !== undefined) await fulfilmentOrders.patch(orderId, id, { status });
}

/** @param more whether other calls follow it */
function next(call: NextCall, more: boolean): Look<NextCall> {
  const { id, status, event } = call;
  return {
    state: 'absent',
    step: `${id} ${status ?? `event ${event?.status} ${event?.happened_at}`}`,
    more,
    fresh: call,
  };
}

function eventOf(
  status: TrackingEventBody['status'],
  { givenAt }: CommandTarget,
  {
    description,
    happenedAt = isoTime(givenAt),
  }: { description?: string | undefined; happenedAt?: string | undefined },
): TrackingEventBody {
  return { status, happened_at: happenedAt, ...(description === undefined ? {} : { description }) };
}

/** The list of fulfilment orders has them in full; where it leaves them out they are asked for. */
const eventsOf = async (
  { trackingEvents }: NuvemshopClient,
  { orderId }: CommandTarget,
  { id, shown }: Parcel,
): Promise<readonly TrackingEvent[]> => shown.tracking_events ?? (await trackingEvents.list(orderId, id));

const tooMany = ({ id }: Parcel): string =>
  `The parcel ${id} has ${MOST_EVENTS} tracking events, and Nuvemshop takes no more. Use deliver when it is there, or the panel.`;
