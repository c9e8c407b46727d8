import { isDeepStrictEqual } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { emailOf } from '../../functions/domain/email.ts';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { createEmailHash } from '../../functions/erp/email-hash.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { accessTo, controlOf, listening } from './flow-endpoint.ts';
import { STORE } from './merchant.ts';

const ENDPOINT = 'flows';
const nuvemshopKey = (platformOrderId: string) => ({
  platform: 'nuvemshop',
  storeId: STORE,
  platformOrderId,
});
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
    'an order is found by what it is called now': async () => {
      const { client } = shop.table;
      const TableName = shop.cloud.tableName('Orders/Table');
      const orders = createOrderStore(client, TableName);
      const aliases = createAliases(client, TableName);
      const row = await orders.get(nuvemshopKey(await landed()));
      const { displayNumber: before = '' } = row?.order ?? {};
      if (row?.order === undefined) return false;
      const isCalled = async (text: string) =>
        (await aliases.find(text, 100)).matches.some(
          ({ key }) => key.platformOrderId === row.platformOrderId,
        );
      // Both names in one batch of the stream would leave the first one unwritten.
      if (!(await comesTrue(() => isCalled(before)))) return false;
      const displayNumber = `renamed-${row.platformOrderId}`;
      const renamed = { ...row, order: { ...row.order, displayNumber }, revision: row.revision + 1 };
      await orders.put(renamed, row.revision);
      return comesTrue(async () => (await isCalled(displayNumber)) && !(await isCalled(before)));
    },
    'an order is found by the e-mail that its buyer has now': async () => {
      const { client } = shop.table;
      const TableName = shop.cloud.tableName('Orders/Table');
      const orders = createOrderStore(client, TableName);
      const emails = createEmails(client, TableName);
      const secrets = new SecretsManagerClient(accessTo(shop));
      const hashOf = createEmailHash({
        client: secrets,
        id: shop.cloud.secretId('Erp/EmailKey'),
        clock: systemClock,
      });
      const row = await orders.get(nuvemshopKey(await landed()));
      const before = emailOf(row);
      if (row === undefined || before === undefined) return false;
      const isFound = async (email: string) => {
        const { owners } = await emails.find(row, await hashOf(email), 100);
        return owners.some(({ id }) => id === row.platformOrderId);
      };
      // Both in one batch of the stream would leave the first one unwritten.
      if (!(await comesTrue(() => isFound(before)))) return false;
      const email = `${row.platformOrderId}@example.com`;
      await orders.put({ ...row, personal: { email }, revision: row.revision + 1 }, row.revision);
      return comesTrue(async () => (await isFound(email)) && !(await isFound(before))).finally(() =>
        secrets.destroy(),
      );
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
