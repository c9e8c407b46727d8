import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import { createDeliveries } from '../../functions/runtime/deliveries.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { feedPointerKey } from '../../functions/storage/erp-keys.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createSetAsideEvents, nameOf } from '../../functions/storage/set-aside.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { accessTo, controlOf, listening } from './flow-endpoint.ts';
import { STORE } from './merchant.ts';

const ENDPOINT = 'delivery-flows';
const SWEEPER = 'Erp/Sweeper/Function';
export const SWEEP_SCHEDULE = 'Erp/Webhooks/Schedule/Sweep';
const YESTERDAY_MS = 25 * 3600_000;

/** What the deliverer and the sweep bring about, with a receiver of the merchant's on this machine. */
export function deliveryFlows(
  shop: TestShop,
  landed: () => Promise<string>,
  comesTrue: (isSo: () => Promise<boolean>) => Promise<boolean>,
) {
  const { cloud, table } = shop;
  const control = () => controlOf(shop);
  const admin = () => createEndpointAdmin(control());
  const got: FeedEvent[] = [];
  let answerTo = (_event: FeedEvent): number => 204;
  let url: string | undefined;

  /** The receiver takes requests as long as the test runs. */
  async function receiver(): Promise<string> {
    if (url !== undefined) return url;
    const server = createServer(async (request, response) => {
      const event = JSON.parse(Buffer.concat(await request.toArray()).toString()) as FeedEvent;
      got.push(event);
      response.writeHead(answerTo(event)).end();
    }).unref();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return url;
  }

  /** The endpoint, which is sent what comes from now on and answers as it is told to. */
  async function answering(answer: typeof answerTo = () => 204): Promise<void> {
    answerTo = answer;
    await listening(shop, ENDPOINT, await receiver());
  }
  async function announce(): Promise<void> {
    const client = new SQSClient(accessTo(shop));
    await createDeliveries(client, cloud.queueUrl('Erp/Webhooks/Deliveries')).announce(ENDPOINT);
    client.destroy();
  }
  /** Writes an event to the feed that nobody is told of. */
  async function happens(platformOrderId: string = randomUUID(), id: string = randomUUID()): Promise<string> {
    const key = itemName({ platform: 'nuvemshop', storeId: STORE, platformOrderId });
    const at = new Date().toISOString();
    await createFeedWriter(control()).append({
      events: () => [{ id, type: 'order.updated', at, key, version: 1 }],
    });
    return id;
  }
  const arrives = (id: string) => comesTrue(async () => got.some((event) => event.id === id));
  const sweeps = () =>
    cloud.invoke(SWEEPER, {}).then(
      ({ error }) => error === undefined,
      () => false,
    );

  const flows = {
    'an endpoint is sent an event': async () => {
      await answering();
      const id = await happens();
      await announce();
      return (await arrives(id)) && admin().pause(ENDPOINT);
    },
    'an endpoint is sent again what it refused, as the order stands': async () => {
      const order = await landed();
      const refused = randomUUID();
      await answering(({ id }) => (id === refused ? 422 : 204));
      const aside = createSetAsideEvents(table.client, control().table);
      const mine = async () => (await aside.list(ENDPOINT)).filter(({ event }) => event.id === refused);
      await happens(order, refused);
      // Of the same order, so that it is sent once the first was refused.
      await happens(order);
      await announce();
      if (!(await comesTrue(async () => (await mine()).length === 1))) return false;
      answerTo = () => 204;
      await admin().redeliver(ENDPOINT, (await mine()).map(nameOf));
      await announce();
      const taken = await comesTrue(async () => (await mine()).length === 0);
      return taken && got.some(({ id, caughtUp }) => id === refused && caughtUp === true);
    },
    'the sweep announces what nobody was told of, and ends well': async () => {
      await answering();
      const id = await happens();
      return (await sweeps()) && (await arrives(id)) && admin().pause(ENDPOINT);
    },
    'the sweep runs on its schedule': () =>
      cloud.fire(SWEEP_SCHEDULE).then(
        () => true,
        () => false,
      ),
  } satisfies Record<string, Flow>;

  /** What happens seldom, and needs permissions that nothing else needs. */
  const rare = {
    'an endpoint that fails is announced again for later': async () => {
      await answering(() => 503);
      await happens();
      await announce();
      const failed = await comesTrue(async () => ((await admin().get(ENDPOINT))?.failures ?? 0) > 0);
      return failed && admin().pause(ENDPOINT);
    },
    'the sweep raises the pointer of the feed once a day': async () => {
      await happens();
      const [TableName, Key] = [control().table, feedPointerKey()];
      const old = Date.now() - YESTERDAY_MS;
      await table.client.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #at = :old',
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':old': old },
        }),
      );
      return sweeps();
    },
  } satisfies Record<string, Flow>;

  return { flows, rare };
}
