import * as z from 'zod';
import { STOCK_EVENTS, type StockEventType } from '../domain/event.ts';
import { lazily } from '../domain/lazily.ts';
import { baseSchema } from '../domain/stock/base.ts';
import { rejectedSchema, shownSchema } from '../domain/stock/display.ts';
import { linkSchema } from '../domain/stock/links.ts';
import { pricingSchema } from '../domain/stock/pricing.ts';
import { markSchema } from '../domain/stock/settling.ts';
import type { Sku } from '../domain/stock/sku.ts';

const epochMs = lazily(() => z.number().int());
const count = lazily(() => z.number().int());

/** The stored item of a SKU, without its keys. Claims are items of their own; their sums are written with each of them. */
export const stockItemSchema = lazily(() =>
  z.object({
    sku: z.string(),
    bases: z.record(z.string(), baseSchema()),
    /** By places ({@link placesKey}): what is claimed, in thousandths. */
    claimed: z.record(z.string(), count()),
    links: z.record(z.string(), z.array(linkSchema())),
    shown: z.record(z.string(), shownSchema()),
    marks: z.record(z.string(), markSchema()),
    rejected: z.record(z.string(), rejectedSchema()).default({}),
    lastOrderAt: epochMs().optional(),
    pricing: pricingSchema().optional(),
    /** More was sold than there is. */
    oversold: z.literal(true).optional(),
    /** Rises with everything that readers are told of; the newest is `told`. */
    eventCount: count().default(0),
    told: z.enum(STOCK_EVENTS).optional(),
    /** Rises with every write. */
    revision: count(),
    /** ISO UTC. */
    changedAt: z.string(),
  }),
);
export type StockItem = z.infer<ReturnType<typeof stockItemSchema>>;

/** What readers are to be told of, counted: that it was oversold now, or that a platform refuses it now. */
export function noticeOf(
  item: StockItem | undefined,
  { rejected, pricing }: Sku,
  oversold: boolean,
): Pick<StockItem, 'oversold' | 'eventCount' | 'told'> {
  const isNew = (channel: string) => item?.rejected[channel] === undefined;
  const isNewPrice = (channel: string) => item?.pricing?.rejected[channel] === undefined;
  const news: StockEventType | undefined =
    oversold && item?.oversold === undefined
      ? 'stock.oversold'
      : Object.keys(rejected).some(isNew) || Object.keys(pricing?.rejected ?? {}).some(isNewPrice)
        ? 'stock.rejected'
        : undefined;
  const told = news ?? item?.told;
  return {
    ...(oversold ? { oversold: true as const } : {}),
    eventCount: (item?.eventCount ?? 0) + (news === undefined ? 0 : 1),
    ...(told === undefined ? {} : { told }),
  };
}
