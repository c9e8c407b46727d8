import * as z from 'zod';
import { channelKey, type StockChannel } from '../functions/domain/stock/channel.ts';
import { DRIFT_POLICIES } from '../functions/domain/stock/drift.ts';
import { ONLY_PLACE, placeName } from '../functions/domain/stock/places.ts';
import type { StockSettings } from '../functions/domain/stock/settings.ts';
import { tokenWord } from '../functions/erp/tokens.ts';
import type { Platform } from '../functions/platforms/platform.ts';
import type { Store } from '../functions/platforms/store.ts';

const units = z.int().min(0).max(1_000_000);

/** Where stock is shown that is counted apart: an outlet of a chain, a location of a store. */
const channel = z.strictObject({
  platform: z.string(),
  storeId: z.string(),
  outletId: z.string().optional(),
  locationId: z.string().optional(),
  /** Places of the merchant's own system that are sold here. */
  sells: z
    .array(placeName)
    .min(1)
    // What there is at a place that is named twice would be shown twice.
    .refine((places) => new Set(places).size === places.length, 'names a place twice')
    .default([ONLY_PLACE]),
  /** Units that are kept back here; `buffer` of all channels when absent. */
  buffer: units.optional(),
  /** The most that one order may hold here. */
  most: units.min(1).optional(),
});

/** Spaces around it are none of a SKU, as where platforms are read. */
const sku = z.string().trim().min(1);

const kitParts = z
  .record(sku, z.int().min(1).max(10_000))
  .refine((parts) => Object.keys(parts).length > 0, 'must have at least one part');

/** How stock is counted: `stock` of a merchant's file. */
export const stockSchema = z.strictObject({
  /**
   * Who knows how many there are. `erp`: the merchant's own system. A platform's name: its numbers count, what is sold
   * elsewhere is taken from them, and the other channels follow. `none`: nobody, and no channel is told.
   */
  master: z.string().default('erp'),
  /** The client of the API whose numbers and acknowledgements count. */
  owner: tokenWord().default('erp'),
  /** `available`: the number is less by an order once it is booked. `onHand`: once it has left the house. */
  baseMeans: z.enum(['available', 'onHand']).default('available'),
  /**
   * Of a system that never acknowledges: so many hours after an order became as it is, its numbers are believed to know of
   * it. Absent: only an acknowledgement ends a claim.
   */
  untilHours: z.int().min(1).max(720).optional(),
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
      quietSeconds: z.int().min(0).max(600).default(10),
      atMostSeconds: z.int().min(0).max(3600).default(60),
    })
    .prefault({}),
  /**
   * What is done at night about a channel that shows something else than it was told. `report`: an event, and nothing else.
   * `repair`: it is told again. `adopt`: what it shows is the number from now on.
   */
  drift: z.enum(DRIFT_POLICIES).default('report'),
  /** By the SKU of a kit: how many of which SKU are in it. */
  kits: z.record(sku, kitParts).default({}),
  /** Channels that are counted apart. Every other store and outlet of the merchant sells from the place `main`. */
  channels: z.array(channel).default([]),
});

type Stock = z.output<typeof stockSchema>;

/** Words for a master that is no platform. */
const OWN_SYSTEM = 'erp';
const NOBODY = 'none';

/** A platform and the merchant's stores at it. */
interface Sold {
  readonly platform: Pick<Platform, 'name' | 'stock' | 'places'>;
  readonly stores: readonly Store[];
}

/** What of a store is a channel where nobody says otherwise: its outlets, or the store itself. */
type Part = Pick<StockChannel, 'platform' | 'storeId' | 'outletId' | 'ownCode'>;

const partsOf = (sold: readonly Sold[]): Part[] =>
  sold.flatMap(({ platform: { name, stock }, stores }) =>
    stores.flatMap((store) =>
      (stock?.channels(store) ?? [{}]).map((part) => ({ platform: name, storeId: store.id, ...part })),
    ),
  );

/** Whether a channel of the configuration is about that part of a store: another outlet of a chain stays what it is. */
const covers = (named: Omit<Part, 'ownCode'>, part: Part): boolean =>
  named.platform === part.platform &&
  named.storeId === part.storeId &&
  (named.outletId === undefined || part.outletId === undefined || named.outletId === part.outletId);

/** What the functions are told of a merchant's stock. */
export function stockSettingsOf(
  { master, channels, buffer, owner, since, kits, baseMeans, untilHours, settle, drift }: Stock,
  sold: readonly Sold[],
): StockSettings {
  const portOf = (name: string) => sold.find(({ platform }) => platform.name === name)?.platform.stock;
  const can = (name: string): Pick<StockChannel, 'shows' | 'bypassedBy' | 'charges' | 'isMaster'> => {
    const { shows, bypassedBy, charges = [] } = portOf(name) ?? {};
    return {
      shows: (master === NOBODY ? undefined : shows) ?? 'nothing',
      ...(bypassedBy === undefined ? {} : { bypassedBy }),
      charges,
      ...(name === master ? { isMaster: true } : {}),
    };
  };
  const parts = partsOf(sold);
  const named = channels.map((one): StockChannel => {
    const ownCode = parts.find((part) => covers(one, part))?.ownCode;
    return {
      ...one,
      ...(ownCode === undefined || one.outletId === undefined ? {} : { ownCode }),
      buffer: one.buffer ?? buffer,
      ...can(one.platform),
    };
  });
  const others = parts
    .filter((part) => !named.some((one) => covers(one, part)))
    .map((part): StockChannel => ({ ...part, sells: [ONLY_PLACE], buffer, ...can(part.platform) }));
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

/** Why the configuration of stock does not fit the merchant's stores; one sentence for each. */
export function stockProblems(stock: Stock, sold: readonly Sold[]): string[] {
  const isStore = ({ platform, storeId }: Stock['channels'][number]) =>
    sold.some((one) => one.platform.name === platform && one.stores.some(({ id }) => id === storeId));
  const strangers = stock.channels
    .filter((one) => !isStore(one))
    .map(
      ({ platform, storeId }) =>
        `stock.channels names the store "${storeId}" of "${platform}", which is not configured`,
    );
  return [
    ...strangers,
    ...outletProblems(stock, sold),
    ...partProblems(stock, sold),
    ...kitProblems(stock),
    ...masterProblems(stock, sold),
  ];
}

/** A channel of an outlet that there is not would be told in vain for ever, and the outlet that was meant never. */
function outletProblems({ channels }: Stock, sold: readonly Sold[]): string[] {
  const parts = partsOf(sold);
  const seen = new Set<string>();
  return channels.flatMap((one) => {
    const name = `"${one.platform}:${one.storeId}${one.outletId === undefined ? '' : `:${one.outletId}`}"`;
    const outlets = parts
      .filter(({ platform, storeId }) => platform === one.platform && storeId === one.storeId)
      .flatMap(({ outletId }) => outletId ?? []);
    if (outlets.length > 0 && !outlets.includes(one.outletId ?? ''))
      return [
        `stock.channels has ${name}, which is no outlet: write one of ${outlets.join(', ')} as "outletId"`,
      ];
    const isDouble = seen.has(channelKey(one));
    seen.add(channelKey(one));
    return isDouble
      ? [`stock.channels has ${name} twice: write all places that it sells from at the first`]
      : [];
  });
}

/** An order takes the parts of a kit, and not the parts of those: what is in a kit within it would stay for sale. */
const kitProblems = ({ kits }: Stock): string[] =>
  Object.entries(kits).flatMap(([kit, parts]) =>
    Object.keys(parts)
      .filter((part) => part !== kit && Object.hasOwn(kits, part))
      .map((part) => `stock.kits has in "${kit}" the kit "${part}": write what is in that one instead`),
  );

/** Two channels that are one at the platform would be told over each other for ever, and it would show now the one, now the other. */
function partProblems({ channels }: Stock, sold: readonly Sold[]): string[] {
  return sold.flatMap(({ platform: { name, stock, places }, stores }) => {
    const hasOutlets = stores.some((store) =>
      stock?.channels(store).some(({ outletId }) => outletId !== undefined),
    );
    const ofPlatform = channels.filter(({ platform }) => platform === name);
    return ofPlatform.flatMap(({ storeId, outletId, locationId }) => {
      const store = `"${name}:${storeId}"`;
      const isDivided = ofPlatform.some((one) => one.storeId === storeId && one.locationId !== undefined);
      if (outletId !== undefined && !hasOutlets)
        return [`stock.channels names an outlet of ${store}, which has none: leave "outletId" out`];
      if (locationId !== undefined && places === undefined)
        return [`stock.channels names a location of ${store}, which has none: leave "locationId" out`];
      return locationId === undefined && places !== undefined && isDivided
        ? [
            `stock.channels has ${store} as a whole and by location: write a "locationId" at each, or one channel for all of it`,
          ]
        : [];
    });
  });
}

/** Why a platform cannot be the master. Each place has one number, so that everybody knows which it is. */
function masterProblems(stock: Stock, sold: readonly Sold[]): string[] {
  const { master, since } = stock;
  if (master === OWN_SYSTEM || master === NOBODY) return [];
  const platform = sold.find((one) => one.platform.name === master)?.platform;
  if (platform?.stock?.counting === undefined) {
    const able = sold.flatMap((one) =>
      one.platform.stock?.counting === undefined ? [] : [`"${one.platform.name}"`],
    );
    const names = [`"${OWN_SYSTEM}"`, ...able, `"${NOBODY}"`].join(', ');
    return [`stock.master is "${master}", which counts no stock here: write one of ${names}`];
  }
  const { channels } = stockSettingsOf(stock, sold);
  const masters = channels.filter(({ isMaster }) => isMaster === true);
  const counted = masters.flatMap(({ sells }) => sells);
  const problems: string[] = [];
  if (since === undefined)
    problems.push(
      `stock.since is missing: with "${master}" as the master it says from when on orders are taken from its numbers, so that those of before are not taken again`,
    );
  for (const { storeId, sells } of masters)
    if (sells.length !== 1)
      problems.push(
        `stock.channels lets the store "${storeId}" of the master sell from ${sells.join(' and ')}: it counts one place. Name each location of it with the place that it counts`,
      );
  for (const place of new Set(counted.filter((one, index) => counted.indexOf(one) !== index)))
    problems.push(
      `stock.channels has the place "${place}" counted by several channels of the master. Give each a place of its own`,
    );
  const others = channels.flatMap(({ sells }) => sells).filter((place) => !counted.includes(place));
  for (const place of new Set(others))
    problems.push(`stock.channels sells from the place "${place}", which no channel of the master counts`);
  return problems;
}
