import { countUnacknowledged } from '../../functions/storage/acknowledgements.ts';
import type { OperatorContext } from '../context.ts';
import { type EndpointStanding, endpointStandings } from './endpoints.ts';
import { type FeedLate, feedLate } from './feed.ts';
import { type GivenUp, givenUp } from './given-up.ts';
import { longLeftSince } from './left-endpoint.ts';
import { type ClaimsLate, claimsLate } from './unclaimed.ts';

/** How the side of the merchant's own system stands. */
export interface ErpStanding {
  /** Number of the feed's last event. */
  head: number;
  endpoints: EndpointStanding[];
  /** Orders that were not acknowledged in time; absent where nobody waits for that. */
  overdue?: number;
  /** Absent while every change of an order is in the feed, or may be on its way. */
  late?: FeedLate;
  /** Absent while what orders take is claimed, or nobody counts stock. */
  unclaimed?: ClaimsLate;
  /** What the readers of the orders table's stream gave up. */
  givenUp: GivenUp[];
}

export async function erpStanding(context: OperatorContext): Promise<ErpStanding> {
  const { merchant, control, outputs } = context;
  const waited = merchant.erp.acknowledgeWithinHours !== undefined;
  const newest = context.webhooks.feed.newest();
  const [standings, late, unclaimed, overdue, lacks] = await Promise.all([
    endpointStandings(context.webhooks, newest, (one, head) => longLeftSince(context, one, head)),
    newest.then((last) => feedLate(context, last)),
    claimsLate(context),
    waited ? countUnacknowledged(control.client, outputs('OrdersTableName'), control.clock.now()) : undefined,
    givenUp(context),
  ]);
  return {
    ...standings,
    givenUp: lacks,
    ...(overdue === undefined ? {} : { overdue }),
    ...(late === undefined ? {} : { late }),
    ...(unclaimed === undefined ? {} : { unclaimed }),
  };
}
