import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { orderPk, type StoreName } from '../../../storage/keys.ts';
import type { ChangedOrder } from '../../../storage/order-index.ts';
import type { ApiContext } from '../context.ts';

/** By store, the last order that a walk has passed. */
export const places = lazily(() =>
  z.record(
    z.string().max(200),
    z.object({ changedAt: z.iso.datetime({ precision: 3 }), id: z.string().min(1).max(200) }),
  ),
);
export type Places = z.infer<ReturnType<typeof places>>;

const nameOf = ({ platform, storeId }: StoreName): string => `${platform}#${storeId}`;

/** Later than every change. */
const END_OF_TIME = Date.parse('9999-12-31T23:59:59.999Z');
/** No clock of ours is further ahead (ms). */
const CLOCK_AHEAD_MS = 24 * 3600 * 1000;

/**
 * Walks over the orders of several stores as over those of one, the one that changed longest ago first. An order that changes
 * meanwhile comes once more.
 *
 * @param since epoch ms: only orders whose last change is later
 */
export async function readChanged(
  { index, clock }: Pick<ApiContext, 'index' | 'clock'>,
  {
    stores,
    from,
    since,
    most,
  }: { stores: readonly StoreName[]; from: Places; since: number | undefined; most: number },
): Promise<{
  orders: ChangedOrder[];
  /** Where to go on once so many of the orders were taken; undefined when there are no more. */
  placesAfter(taken: number): Places | undefined;
}> {
  if (since !== undefined && since > clock.now() + CLOCK_AHEAD_MS)
    return { orders: [], placesAfter: () => undefined };
  const pages = await Promise.all(
    stores.map(async (store) => {
      const place = placeOf(from, store, since);
      const { keys, next } = await index.changes({
        ...store,
        ...(since === undefined ? {} : { between: { from: since + 1, to: END_OF_TIME } }),
        ...(place === undefined
          ? {}
          : {
              after: { pk: orderPk({ ...store, platformOrderId: place.id }), changedAt: place.changedAt },
            }),
        limit: most,
      });
      return { keys, more: next !== undefined };
    }),
  );
  const found = pages.flatMap(({ keys }) => keys);
  const orders = found
    .sort((one, other) => (one.changedAt < other.changedAt ? -1 : one.changedAt > other.changedAt ? 1 : 0))
    .slice(0, most);
  return {
    orders,
    placesAfter(taken) {
      if (taken === found.length && pages.every(({ more }) => !more)) return undefined;
      const after = { ...from };
      for (const order of orders.slice(0, taken))
        after[nameOf(order)] = { changedAt: order.changedAt, id: order.platformOrderId };
      return after;
    },
  };
}

/** The table refuses to go on from a place outside of what is asked for. */
function placeOf(
  from: Places,
  store: StoreName,
  since = Number.NEGATIVE_INFINITY,
): Places[string] | undefined {
  const place = from[nameOf(store)];
  return place !== undefined && Date.parse(place.changedAt) > since ? place : undefined;
}
