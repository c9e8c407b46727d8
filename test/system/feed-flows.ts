import { isDeepStrictEqual } from 'node:util';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { controlOf, listening } from './flow-endpoint.ts';

const ENDPOINT = 'flows';
/** Where nobody listens: a call that failed shows that the endpoint was told. */
const URL = 'http://127.0.0.1:9/';

/** What the publisher brings about. */
export function feedFlows(
  shop: TestShop,
  landed: () => Promise<string>,
  comesTrue: (isSo: () => Promise<boolean>) => Promise<boolean>,
) {
  return {
    'a change of an order is in the feed': async () => {
      const reader = createFeedReader(controlOf(shop));
      const head = await reader.head();
      const id = await landed();
      return comesTrue(async () => (await reader.read(head, 1000)).some(({ key }) => key.endsWith(`:${id}`)));
    },
    'a change of an order is on the event bus, as the feed has it': async () => {
      const reader = createFeedReader(controlOf(shop));
      const head = await reader.head();
      const id = await landed();
      return comesTrue(async () => {
        const own = (await reader.read(head, 1000)).filter(({ key }) => key.endsWith(`:${id}`));
        return own.length > 0 && own.every((event) => isOnBus(shop, event));
      });
    },
    'an endpoint is told of a change': async () => {
      const admin = await listening(shop, ENDPOINT, URL);
      await landed();
      const told = await comesTrue(async () => ((await admin.get(ENDPOINT))?.failures ?? 0) > 0);
      await admin.pause(ENDPOINT);
      return told;
    },
  } satisfies Record<string, Flow>;
}

/** Whether the bus was given an event under its type, with everything but its place in the feed. */
const isOnBus = ({ cloud }: TestShop, { seq: _, ...event }: FeedEvent): boolean =>
  cloud
    .events('Erp/Feed/Bus')
    .some(
      ({ source, detailType, detail }) =>
        source === 'acopio' && detailType === event.type && isDeepStrictEqual(detail, event),
    );
