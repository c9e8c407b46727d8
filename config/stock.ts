import * as z from 'zod';
import type { StockChannel } from '../functions/domain/stock/channel.ts';
import { DRIFT_POLICIES } from '../functions/domain/stock/drift.ts';
import { ONLY_PLACE, placeName } from '../functions/domain/stock/places.ts';
import type { StockSettings } from '../functions/domain/stock/settings.ts';
import type { Platform } from '../functions/platforms/platform.ts';
import type { Store } from '../functions/platforms/store.ts';

const units = z.number().int().min(0).max(1_000_000);

/** Where stock is shown that is counted apart: an outlet of a chain, a location of a store. */
const channel = z.strictObject({
  platform: z.string(),
  storeId: z.string(),
  outletId: z.string().optional(),
  locationId: z.string().optional(),
  /** Places of the merchant's own system that are sold here. */
  sells: z.array(placeName).min(1).default([ONLY_PLACE]),
  /** Units that are kept back here; `buffer` of all channels when absent. */
  buffer: units.optional(),
  /** The most that one order may hold here. */
  most: units.min(1).optional(),
});

const kitParts = z
  .record(z.string().min(1), z.number().int().min(1).max(10_000))
  .refine((parts) => Object.keys(parts).length > 0, 'must have at least one part');

/** How stock is counted: `stock` of a merchant's file. */
export const stockSchema = z.strictObject({
  /** The client of the API whose numbers and acknowledgements count. */
  owner: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,30}$/)
    .default('erp'),
  /** `available`: the number is less by an order once it is booked. `onHand`: once it has left the house. */
  baseMeans: z.enum(['available', 'onHand']).default('available'),
  /**
   * Of a system that never acknowledges: so many hours after an order became as it is, its numbers are believed to know of
   * it. Absent: only an acknowledgement ends a claim.
   */
  untilHours: z.number().int().min(1).max(720).optional(),
  /**
   * From when on orders are followed. Orders that were placed before are in the numbers of the merchant's system already: it
   * would never acknowledge them, and they would be taken off twice for good.
   */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Units that every channel keeps back. */
  buffer: units.default(0),
  /** How long more is not shown: without an order of the SKU, and at most. */
  settle: z
    .strictObject({
      quietSeconds: z.number().int().min(0).max(600).default(10),
      atMostSeconds: z.number().int().min(0).max(3600).default(60),
    })
    .prefault({}),
  /**
   * What is done at night about a channel that shows something else than it was told. `report`: an event, and nothing else.
   * `repair`: it is told again. `adopt`: what it shows is the number from now on.
   */
  drift: z.enum(DRIFT_POLICIES).default('report'),
  /** By the SKU of a kit: how many of which SKU are in it. */
  kits: z.record(z.string().min(1), kitParts).default({}),
  /** Channels that are counted apart. Every other store of the merchant sells from the place `main`. */
  channels: z.array(channel).default([]),
});

interface ConfiguredStore {
  readonly platform: string;
  readonly storeId: string;
}

/** A platform and the merchant's stores at it. */
interface Sold {
  readonly platform: Pick<Platform, 'name' | 'stock'>;
  readonly stores: readonly Store[];
}

/** What the functions are told of a merchant's stock. */
export function stockSettingsOf(
  {
    channels,
    buffer,
    owner,
    since,
    kits,
    baseMeans,
    untilHours,
    settle,
    drift,
  }: z.output<typeof stockSchema>,
  sold: readonly Sold[],
): StockSettings {
  const portOf = (name: string) => sold.find(({ platform }) => platform.name === name)?.platform.stock;
  const named = channels.map(
    (one): StockChannel => ({
      ...one,
      buffer: one.buffer ?? buffer,
      shows: portOf(one.platform)?.shows ?? 'nothing',
      charges: portOf(one.platform)?.charges ?? [],
    }),
  );
  const isNamed = (platform: string, storeId: string) =>
    named.some((one) => one.platform === platform && one.storeId === storeId);
  const others = sold.flatMap(({ platform: { name, stock }, stores }) =>
    stores
      .filter(({ id }) => !isNamed(name, id))
      .flatMap((store) =>
        (stock?.channels(store) ?? [{}]).map(
          (part): StockChannel => ({
            platform: name,
            storeId: store.id,
            ...part,
            sells: [ONLY_PLACE],
            buffer,
            shows: stock?.shows ?? 'nothing',
            charges: stock?.charges ?? [],
          }),
        ),
      ),
  );
  return {
    owner,
    ...(since === undefined ? {} : { since }),
    baseMeans,
    ...(untilHours === undefined ? {} : { untilHours }),
    settle,
    kits,
    drift,
    channels: [...named, ...others],
  };
}

/** Why the channels do not fit the merchant's stores; one sentence for each. */
export const channelProblems = (
  { channels }: z.output<typeof stockSchema>,
  stores: readonly ConfiguredStore[],
): string[] =>
  channels
    .filter(
      ({ platform, storeId }) => !stores.some((one) => one.platform === platform && one.storeId === storeId),
    )
    .map(
      ({ platform, storeId }) =>
        `stock.channels names the store "${storeId}" of "${platform}", which is not configured`,
    );
