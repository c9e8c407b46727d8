import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type FeedEvent, feedEventSchema } from '../domain/event.ts';
import { parseCustomerName, parseItemName, parseProductName } from '../domain/item-name.ts';
import { lazily } from '../domain/lazily.ts';
import { customerRowKey } from './customer-keys.ts';
import { getItem, inPartition, queryAll } from './dynamodb.ts';
import { asideName, endpointAsideKey, endpointAsidePk } from './erp-keys.ts';
import { type ItemKey, orderRowKey, TABLE_KEYS } from './keys.ts';
import { productRowKey } from './product-keys.ts';

/** A refused event waits this long for a person, in seconds: longer than the feed itself keeps it. */
const KEEP_SECONDS = 90 * 24 * 3600;

const asideItem = lazily(() =>
  z.object({
    /** Of the feed that the event has its number in. */
    epoch: z.int(),
    event: feedEventSchema(),
    /** What the endpoint answered. */
    status: z.int(),
    /** Epoch ms. */
    setAsideAt: z.int(),
  }),
);
export type EventSetAside = z.infer<ReturnType<typeof asideItem>>;

/** What a person calls it. */
export const nameOf = ({ epoch, event }: Pick<EventSetAside, 'epoch' | 'event'>): string =>
  asideName(epoch, event.seq);

/** The events that an endpoint refused while it took others. They hold no personal data. */
export interface SetAsideEvents {
  put(endpoint: string, aside: EventSetAside): Promise<void>;
  get(endpoint: string, name: string): Promise<EventSetAside | undefined>;
  /** Oldest first. */
  list(endpoint: string): Promise<EventSetAside[]>;
  /** It was taken after all. */
  remove(endpoint: string, name: string): Promise<void>;
}

export function createSetAsideEvents(client: DynamoDBDocumentClient, table: string): SetAsideEvents {
  return {
    async put(endpoint, aside) {
      const Item = {
        ...endpointAsideKey(endpoint, nameOf(aside)),
        ...aside,
        [TABLE_KEYS.expiry]: Math.ceil(aside.setAsideAt / 1000) + KEEP_SECONDS,
      };
      await client.send(new PutCommand({ TableName: table, Item }));
    },
    get: (endpoint, name) => getItem(client, table, endpointAsideKey(endpoint, name), asideItem),
    list: (endpoint) => queryAll(client, inPartition(table, endpointAsidePk(endpoint)), asideItem()),
    async remove(endpoint, name) {
      await client.send(new DeleteCommand({ TableName: table, Key: endpointAsideKey(endpoint, name) }));
    },
  };
}

/** The row that an event is about. */
function rowKeyOf({ type, key }: FeedEvent): ItemKey | undefined {
  if (type.startsWith('product.')) {
    const product = parseProductName(key);
    return product === undefined ? undefined : productRowKey(product);
  }
  if (type.startsWith('customer.')) {
    const customer = parseCustomerName(key);
    return customer === undefined ? undefined : customerRowKey(customer);
  }
  const order = parseItemName(key);
  return order === undefined ? undefined : orderRowKey(order);
}

/** How an order stands now, without its lines and its person, or a product or a customer; undefined when there is no row of it. */
const standingItem = lazily(() =>
  z.object({
    version: z.int(),
    order: z.object({ status: feedEventSchema().shape.to }).optional(),
  }),
);

/** The same event again, with what its key has come to since. It says so: there may have been others in between. */
export async function currentVersionOf(
  client: DynamoDBDocumentClient,
  ordersTable: string,
  event: FeedEvent,
): Promise<FeedEvent> {
  // What a command came to is what it came to.
  if (event.command !== undefined) return event;
  const key = rowKeyOf(event);
  const row = key && (await getItem(client, ordersTable, key, standingItem));
  if (row === undefined) return event;
  const { changed: _, from: __, to: ___, ...rest } = event;
  const status = row.order?.status;
  return {
    ...rest,
    version: row.version,
    ...(status === undefined ? {} : { to: status }),
    caughtUp: true,
  };
}
