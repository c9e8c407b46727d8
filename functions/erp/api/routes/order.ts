import * as z from 'zod';
import type { FeedEvent } from '../../../domain/event.ts';
import { parseItemName } from '../../../domain/item-name.ts';
import type { OrderRow } from '../../../domain/order-row.ts';
import { strictTextOf } from '../../../http/answer.ts';
import { type FeedPosition, type FeedReader, PositionLost } from '../../../storage/feed.ts';
import { admit } from '../admission.ts';
import { viewOfCommand } from '../command-view.ts';
import type { FirstContext } from '../context.ts';
import { itemName, words } from '../fields.ts';
import { PERSONAL, recordPersonalReads, viewOf } from '../order-view.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';

/** Events that are searched for those of one order. */
const EVENTS_SEARCHED = 1_000;
const MOST_READS = 20;
/** Lambda takes an answer of 6 MB, and JSON may take two letters for one. */
const MOST_RAW_BYTES = 2 * 1024 * 1024;

export const getOrder = route({
  operation: 'getOrder',
  method: 'GET',
  path: '/v1/orders/{id}',
  scopes: ['orders:read'],
  moreScopes: {
    [PERSONAL]: 'adds `personal`; `include=raw` needs it',
    commands: '`include=commands` needs it',
  },
  summary: 'One order as it is now',
  parameters: () =>
    z.strictObject({
      id: itemName().meta({
        description: '`platform:store:id`, percent-encoded: `id` of an order, `key` of an event.',
      }),
    }),
  query: () =>
    z.strictObject({
      include: words(['events', 'commands', 'raw']).optional().meta({
        description:
          "`events`: the order's events among the newest 1,000 of the feed. `commands`: what was wanted done to it; needs commands. `raw`: the platform's own bytes, while they are kept; needs orders:personal.",
      }),
    }),
  answer: {
    status: 200,
    description: 'The order.',
  },
  problems: ['request-invalid', 'order-unknown', 'scope-missing'],
  personal: true,
  tagged: true,
  async handle({ path, query, client }, context: FirstContext) {
    const include = new Set(query.include);
    if (include.has('raw')) admit(client, [PERSONAL]);
    if (include.has('commands')) admit(client, ['commands']);
    const row = await rowNamed(path.id, context);
    const view = viewOf(row, client);
    const raw = include.has('raw') ? await rawOf(row, context) : undefined;
    const events = include.has('events') ? await eventsOf(view.id, context.feed) : undefined;
    const commands = include.has('commands') ? await context.commands.ofOrder(row) : undefined;
    if (view.personal !== undefined || raw !== undefined) recordPersonalReads([view], client, context);
    return {
      status: 200,
      body: {
        ...view,
        ...(events === undefined ? {} : { events }),
        ...(commands === undefined
          ? {}
          : { commands: commands.map((command) => viewOfCommand({ key: row, command }, client.name)) }),
        ...(raw === undefined ? {} : { raw }),
      },
    };
  },
});

/** @throws Problem `order-unknown` */
async function rowNamed(name: string, { orders }: Pick<FirstContext, 'orders'>): Promise<OrderRow> {
  const key = parseItemName(name);
  const row = key === undefined ? undefined : await orders.get(key);
  if (row !== undefined) return row;
  throw orderUnknown();
}

export const orderUnknown = (): Problem =>
  new Problem('order-unknown', {
    detail: 'No order has this id. Send the `id` of an order, or the `key` of an event, as it was answered.',
  });

async function rawOf(row: OrderRow, { raws }: Pick<FirstContext, 'raws'>) {
  if (row.raw === undefined) return undefined;
  const { sha256, bytes } = row.raw;
  if (bytes > MOST_RAW_BYTES) return { sha256, bytes };
  const found = await raws.get(row, row.raw);
  if (found === undefined) return undefined;
  const text = strictTextOf(found);
  return {
    sha256,
    bytes,
    ...(text === undefined ? { base64: Buffer.from(found).toString('base64') } : { text }),
  };
}

/** Looks through the end of the feed: an order has no list of its events. */
async function eventsOf(key: string, feed: FeedReader): Promise<FeedEvent[]> {
  const head = await feed.head();
  let place: FeedPosition = { ...head, seq: Math.max(0, head.seq - EVENTS_SEARCHED) };
  const events: FeedEvent[] = [];
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const found = await readFrom(feed, place);
    const last = found.at(-1);
    if (last === undefined) break;
    events.push(...found.filter((event) => event.key === key));
    place = { ...place, seq: last.seq };
  }
  return events;
}

/** Nothing of what is too old to be read. */
async function readFrom(feed: FeedReader, place: FeedPosition): Promise<FeedEvent[]> {
  try {
    return await feed.read(place, EVENTS_SEARCHED);
  } catch (error) {
    if (!(error instanceof PositionLost)) throw error;
    return feed.read(error.oldest, EVENTS_SEARCHED);
  }
}
