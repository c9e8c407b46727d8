import * as z from 'zod';
import { STOCK_EVENTS, type StockEventType } from '../domain/event.ts';
import { lazily } from '../domain/lazily.ts';
import { baseSchema } from '../domain/stock/base.ts';
import { rejectedSchema, shownSchema } from '../domain/stock/display.ts';
import { driftedSchema, needsPerson } from '../domain/stock/drift.ts';
import { linkSchema } from '../domain/stock/links.ts';
import { movementSchema } from '../domain/stock/movements.ts';
import { pricingSchema } from '../domain/stock/pricing.ts';
import { markSchema } from '../domain/stock/settling.ts';
import type { Sku } from '../domain/stock/sku.ts';
import { UNLINKED } from '../domain/stock/unlinked.ts';

const epochMs = lazily(() => z.int());
const count = lazily(() => z.int());

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
    /** By place: when the master's own orders last changed its number. */
    ownAt: z.record(z.string(), epochMs()).optional(),
    movements: z.array(movementSchema()).optional(),
    drifted: z.record(z.string(), driftedSchema()).optional(),
    unlinked: z.enum(UNLINKED).optional(),
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

/**
 * What readers are to be told of, counted: that more was sold than there is, that a platform refuses what it was told, that a
 * channel shows something else, or that nobody knows what the SKU is. Of several at once the first: whoever reads the SKU
 * sees all.
 */
export function noticeOf(
  item: StockItem | undefined,
  { rejected, pricing, drifted, unlinked }: Sku,
  oversold: boolean,
): Pick<StockItem, 'oversold' | 'eventCount' | 'told'> {
  const isNew = (channel: string) => item?.rejected[channel] === undefined;
  const isNewPrice = (channel: string) => item?.pricing?.rejected[channel] === undefined;
  const isNewDrift = (channel: string) => {
    const before = item?.drifted?.[channel];
    return before === undefined || drifted?.[channel]?.review !== before.review;
  };
  const news: [StockEventType, boolean][] = [
    ['stock.oversold', oversold && item?.oversold === undefined],
    [
      'stock.rejected',
      Object.keys(rejected).some(isNew) || Object.keys(pricing?.rejected ?? {}).some(isNewPrice),
    ],
    ['stock.drift', Object.keys(drifted ?? {}).some(isNewDrift)],
    ['stock.unlinked', unlinked !== undefined && unlinked !== item?.unlinked],
  ];
  const [first] = news.find(([, isSo]) => isSo) ?? [];
  const told = first ?? item?.told;
  return {
    ...(oversold ? { oversold: true as const } : {}),
    eventCount: (item?.eventCount ?? 0) + (first === undefined ? 0 : 1),
    ...(told === undefined ? {} : { told }),
  };
}

/** Whether a person has to look at the SKU. */
export const needsReview = ({
  rejected,
  pricing,
  drifted,
  unlinked,
  links,
  moves,
}: Omit<Sku, 'claims'>): boolean =>
  Object.values(moves).some(({ state }) => state === 'in-doubt') ||
  Object.keys(rejected).length > 0 ||
  Object.keys(pricing?.rejected ?? {}).length > 0 ||
  Object.values(drifted ?? {}).some(needsPerson) ||
  unlinked !== undefined ||
  Object.values(links).some((ofCatalogue) => ofCatalogue.length > 1);
