import * as z from 'zod';
import { type NewEvent, STOCK_EVENTS } from '../domain/event.ts';
import { stockName } from '../domain/item-name.ts';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import { STOCK_ITEM_SK, stockPk } from '../storage/stock-keys.ts';

type Item = Readonly<Record<string, unknown>>;

/** Whether an item of the orders table is that of a SKU. */
export const isStockItem = (item: Item | undefined): item is Item =>
  item?.sk === STOCK_ITEM_SK && typeof item.pk === 'string' && item.pk.startsWith(stockPk(''));

const seen = lazily(() =>
  z.object({
    sku: z.string(),
    eventCount: z.int().min(0),
    told: z.enum(STOCK_EVENTS).optional(),
    changedAt: z.iso.datetime(),
  }),
);

/**
 * The event that a write of a SKU makes; undefined when nobody has to be told of it. Never throws: an item that is not as it
 * should be says nothing, because numbers are not told of by events.
 */
export function stockEventOf(
  { before, after, at }: { before?: Item | undefined; after: Item; at: EpochMs },
  epoch: number,
): NewEvent | undefined {
  const now = seen().safeParse(after).data;
  if (now === undefined || seen().safeParse(before).data?.eventCount === now.eventCount) return undefined;
  return eventOfSku(now, at, epoch);
}

/** What readers were told of a SKU last, as an event that was lost meanwhile; undefined where they were told of nothing. */
export function caughtUpSku(item: z.infer<ReturnType<typeof seen>>, epoch: number): NewEvent | undefined {
  const event = eventOfSku(item, 0, epoch);
  return event === undefined ? undefined : { ...event, caughtUp: true };
}

function eventOfSku(
  { sku, eventCount, told, changedAt }: z.infer<ReturnType<typeof seen>>,
  at: EpochMs,
  epoch: number,
): NewEvent | undefined {
  if (told === undefined || eventCount === 0) return undefined;
  const key = stockName(sku);
  const writtenAt = Date.parse(changedAt);
  return {
    id: `${key}:${epoch}:${eventCount}`,
    type: told,
    at: isoTime(Number.isFinite(writtenAt) ? writtenAt : at),
    key,
  };
}
