import type { EpochMs } from '../../functions/domain/time.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import type { FeedPosition } from '../../functions/storage/feed.ts';
import type { WebhooksContext } from '../webhooks-context.ts';

/** How an endpoint of the merchant's system stands. */
export type EndpointStanding = Awaited<ReturnType<typeof standingOf>> & { leftSince?: EpochMs };

/** An endpoint's address without its query, which may hold a token. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?...'}`;
}

/**
 * The endpoints and how they stand beside the feed.
 *
 * @param asked the feed's last event, where it is read already
 * @param leftSince since when nobody calls an endpoint that has work, where that is to be known
 * @returns `head`: the number of that event
 */
export async function endpointStandings(
  webhooks: WebhooksContext,
  asked: Promise<FeedPosition> = webhooks.feed.head(),
  leftSince?: (endpoint: Endpoint, head: FeedPosition) => Promise<EpochMs | undefined>,
): Promise<{ head: number; endpoints: EndpointStanding[] }> {
  const [head, all] = await Promise.all([asked, webhooks.list()]);
  const endpoints = await Promise.all(
    all.map(async (endpoint) => {
      const [standing, left] = await Promise.all([
        standingOf(webhooks, endpoint, head),
        leftSince?.(endpoint, head),
      ]);
      return { ...standing, ...(left === undefined ? {} : { leftSince: left }) };
    }),
  );
  return { head: head.seq, endpoints };
}

async function standingOf(
  webhooks: WebhooksContext,
  { leaseOwner: _, leaseUntil: __, ahead: ___, redeliver, ...endpoint }: Endpoint,
  head: { epoch: number; seq: number },
) {
  const [aside, secrets] = await Promise.all([
    webhooks.aside.list(endpoint.id),
    webhooks.signing.of(endpoint.id),
  ]);
  return {
    ...endpoint,
    url: shownUrl(endpoint.url),
    behind:
      endpoint.epoch === head.epoch || endpoint.epoch === 0
        ? Math.max(0, head.seq - endpoint.seq)
        : undefined,
    setAside: aside.length,
    redeliver: [...redeliver],
    secrets: secrets.length,
  };
}

/** Whether somebody has to look at an endpoint: it failed, refused events, or is sent nothing, and nobody paused it. */
export const endpointNeedsPerson = ({
  status,
  why,
  failures,
  setAside,
}: Pick<EndpointStanding, 'status' | 'why' | 'failures' | 'setAside'>): boolean =>
  (status !== 'active' && why !== 'operator') || failures > 0 || setAside > 0;
