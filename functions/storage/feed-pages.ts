import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { eventSchema, type FeedEvent, type NewEvent } from '../domain/event.ts';
import { lazily } from '../domain/lazily.ts';
import type { EpochMs } from '../domain/time.ts';
import { zlib } from '../runtime/zlib.ts';
import { applied } from './dynamodb.ts';
import { FEED_PARTITION_EVENTS, feedPageKey, feedPk, feedSk } from './erp-keys.ts';
import { TABLE_KEYS } from './keys.ts';

/** The table that holds the feed. */
export interface FeedTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** Events that follow each other, as one item. It is written once and never again. */
export interface FeedPage {
  /** Number of the first event. */
  from: number;
  events: readonly NewEvent[];
  /** How many there are; absent from a page that is to be written. */
  count?: number;
  /** When it was written, by the clock of whoever wrote it. */
  at: EpochMs;
  /** The batch that the events are a part of, and how many events of it stand in the pages before. */
  batch?: { mark: string; before: number };
  /** Nothing may follow in this epoch: another one was begun. */
  closed?: true;
}

/** Number of the last event of a page; of a closing page, that of the event before it. */
export const lastOf = (page: FeedPage): number => page.from + (page.count ?? page.events.length) - 1;

export const MOST_EVENTS = 100;
/** Of the events, as they are stored. */
const MOST_BODY_BYTES = 16 * 1024;
/** Five days longer than anyone may read them: the table deletes what has expired in any order. */
const KEEP_SECONDS = 35 * 24 * 3600;

const newEvents = lazily(() => z.array(eventSchema()));

/** Whoever looks for the end of the feed needs no event of it: they are unpacked and read when they are asked for. */
const pageItem = lazily(() =>
  z
    .object({
      sk: z.string(),
      at: z.number(),
      /** Pages of earlier versions have none. */
      count: z.int().min(0).optional(),
      body: z.union([z.string(), z.instanceof(Uint8Array)]),
      batch: z.object({ mark: z.string(), before: z.int() }).optional(),
      closed: z.literal(true).optional(),
    })
    .transform(({ sk, at, count, body, batch, closed }): FeedPage => {
      const events = lazily(() => {
        const text = typeof body === 'string' ? body : zlib().inflateRawSync(body).toString();
        return newEvents().parse(JSON.parse(text));
      });
      return {
        from: Number(sk),
        count: count ?? events().length,
        get events() {
          return events();
        },
        at,
        ...(batch === undefined ? {} : { batch }),
        ...(closed === undefined ? {} : { closed }),
      };
    }),
);

/** The table counts whole kilobytes: what fits into the first one with its keys gains nothing by being smaller. */
const SMALL_BYTES = 800;

/** The events as they are stored: JSON, compressed where that is smaller. */
function bodyOf(events: readonly NewEvent[]): string | Uint8Array {
  const text = JSON.stringify(events);
  if (text.length <= SMALL_BYTES) return text;
  const compressed = zlib().deflateRawSync(text);
  return compressed.byteLength < Buffer.byteLength(text) ? compressed : text;
}

/** No character takes more than three bytes. */
const isTooLarge = (events: readonly NewEvent[]): boolean =>
  3 * JSON.stringify(events).length > MOST_BODY_BYTES && Buffer.byteLength(bodyOf(events)) > MOST_BODY_BYTES;

/** As many of the events as one page takes that begins with this number: a page ends where its partition does. */
export function fitting(from: number, events: readonly NewEvent[]): readonly NewEvent[] {
  const room = FEED_PARTITION_EVENTS - (from % FEED_PARTITION_EVENTS);
  let taken = events.slice(0, Math.min(MOST_EVENTS, room));
  while (taken.length > 1 && isTooLarge(taken)) taken = taken.slice(0, Math.ceil(taken.length / 2));
  return taken;
}

/** Writes a page. False when there is one already that begins with this number. */
export const putPage = (
  { client, table }: FeedTable,
  epoch: number,
  { from, events, ...page }: FeedPage,
): Promise<boolean> =>
  applied(
    client.send(
      new PutCommand({
        TableName: table,
        Item: {
          ...feedPageKey(epoch, from),
          ...page,
          count: events.length,
          body: bodyOf(events),
          [TABLE_KEYS.expiry]: Math.floor(page.at / 1000) + KEEP_SECONDS,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );

/** The pages of one partition from the one that begins with `from`, in order, at most `limit`. */
export const pagesFrom = (
  table: FeedTable,
  epoch: number,
  from: number,
  limit: number,
): Promise<FeedPage[]> =>
  query(table, limit, true, 'pk = :pk AND sk >= :sk', { ':pk': feedPk(epoch, from), ':sk': feedSk(from) });

/** The last page of an event's partition that begins with it or before it. */
export const pageAt = async (table: FeedTable, epoch: number, seq: number): Promise<FeedPage | undefined> =>
  (
    await query(table, 1, false, 'pk = :pk AND sk <= :sk', { ':pk': feedPk(epoch, seq), ':sk': feedSk(seq) })
  )[0];

/** The last page of an event's partition. */
const lastPage = async (table: FeedTable, epoch: number, seq: number): Promise<FeedPage | undefined> =>
  (await query(table, 1, false, 'pk = :pk', { ':pk': feedPk(epoch, seq) }))[0];

async function query(
  { client, table }: FeedTable,
  Limit: number,
  ScanIndexForward: boolean,
  KeyConditionExpression: string,
  ExpressionAttributeValues: Record<string, string>,
): Promise<FeedPage[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression,
      ExpressionAttributeValues,
      Limit,
      ScanIndexForward,
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => pageItem().parse(item));
}

/** The end of the feed: number of the last event, and its page while there is one. */
export interface FeedEnd {
  seq: number;
  page?: FeedPage;
}

/** Finds the end of the feed. @param atLeast a number that was given to an event, or 0 */
export async function findEnd(table: FeedTable, epoch: number, atLeast: number): Promise<FeedEnd> {
  let end: FeedEnd = { seq: atLeast };
  for (;;) {
    const page = await lastPage(table, epoch, end.seq + 1);
    if (page === undefined || lastOf(page) < end.seq) return end;
    end = { seq: lastOf(page), page };
    // A partition goes on to its end, so a later one is there only behind a full one.
    if (page.closed || (end.seq + 1) % FEED_PARTITION_EVENTS !== 0) return end;
  }
}

/** The events of a page from one number on, numbered. */
export const eventsOf = ({ from, events }: FeedPage, first = from): FeedEvent[] =>
  events
    .slice(Math.max(0, first - from))
    .map((event, index) => ({ seq: Math.max(first, from) + index, ...event }));
