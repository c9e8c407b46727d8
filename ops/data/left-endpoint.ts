import type { EpochMs } from '../../functions/domain/time.ts';
import { isDue } from '../../functions/erp/endpoint-work.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import { lastOf, pageAt } from '../../functions/storage/feed-pages.ts';
import type { OperatorContext } from '../context.ts';

/** The sweep names each minute an endpoint that has work. What waits for longer than this was named several times, in ms. */
export const NAMED_MS = 5 * 60_000;
/** Between two runs, and until a first one begins, an endpoint is nobody's for a moment. It is looked at again after this, in ms. */
const SECOND_LOOK_MS = 5_000;

export type EndpointsContext = Pick<OperatorContext, 'control' | 'webhooks'>;

/** The endpoint as it stands a moment later, where it has work and no run took it on; undefined where one did, or there is none. */
export async function stillLeft(
  { control: { clock }, webhooks }: EndpointsContext,
  endpoint: Endpoint,
  head: FeedPosition,
): Promise<Endpoint | undefined> {
  if (!isDue(endpoint, head, clock.now())) return undefined;
  await clock.sleep(SECOND_LOOK_MS);
  const later = await webhooks.admin.get(endpoint.id);
  if (later === undefined || !isDue(later, head, clock.now())) return undefined;
  return later.epoch === endpoint.epoch && later.seq === endpoint.seq ? later : undefined;
}

/**
 * Since when nobody works on an endpoint, as far as can be told: since the first event that it lacks came into the feed, or
 * later, when it took another one or was to be called again. Undefined where that event is not known any more, where its
 * place is of another epoch, or where it lacks none, and a person wants some sent again.
 */
export async function leftSince(
  control: EndpointsContext['control'],
  { epoch, seq, createdAt, lastDeliveredAt = 0, notBefore = 0, leaseUntil = 0 }: Endpoint,
  head: FeedPosition,
): Promise<EpochMs | undefined> {
  if ((epoch !== head.epoch && epoch !== 0) || seq >= head.seq) return undefined;
  const page = await pageAt(control, head.epoch, seq + 1);
  if (page === undefined || lastOf(page) <= seq) return undefined;
  return Math.max(page.at, createdAt, lastDeliveredAt, notBefore, leaseUntil);
}

/** Since when nobody calls an active endpoint that the sweep named several times; undefined where it was not, or where a run takes it on. */
export async function longLeftSince(
  context: EndpointsContext,
  endpoint: Endpoint,
  head: FeedPosition,
): Promise<EpochMs | undefined> {
  const { control } = context;
  const now = control.clock.now();
  // One that fails says so itself. Only one that looks left is worth the second look, for which a person waits.
  if (endpoint.status !== 'active' || endpoint.failures > 0 || !isDue(endpoint, head, now)) return undefined;
  const since = await leftSince(control, endpoint, head);
  if (since === undefined || now - since <= NAMED_MS) return undefined;
  return (await stillLeft(context, endpoint, head)) && since;
}
