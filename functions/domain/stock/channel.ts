import type { PlatformName } from '../order.ts';
import type { Place } from './places.ts';
import type { PriceField } from './prices.ts';

/**
 * What a platform can show of stock. `number`: how many there are, and it takes its own sales off by itself. `on-off`: whether
 * a product is on sale, and how many one order may hold. `nothing`: its own sales are all that is known of it.
 */
export const DISPLAYS = ['number', 'on-off', 'nothing'] as const;
export type DisplayKind = (typeof DISPLAYS)[number];

/** Where stock is shown: one outlet or location of one store of a platform, and which places it sells from. */
export interface StockChannel {
  readonly platform: PlatformName;
  readonly storeId: string;
  /** The outlet within a store that is a chain. */
  readonly outletId?: string | undefined;
  /** What orders call the outlet where that is not its id: the merchant's own code for it. */
  readonly ownCode?: string | undefined;
  /** The platform's own location, of stores that have several. */
  readonly locationId?: string | undefined;
  readonly sells: readonly Place[];
  /** Units that are kept back. */
  readonly buffer: number;
  /** The most that one order may hold; absent where nobody limits it. */
  readonly most?: number | undefined;
  readonly shows: DisplayKind;
  /** Ways of selling (`order.channel.name`) by which its platform may sell without taking anything off its number. */
  readonly bypassedBy?: readonly string[] | undefined;
  /** What its platform can be told to charge; nothing when absent. */
  readonly charges?: readonly PriceField[] | undefined;
  /** Its platform counts the goods for all channels: its number is how many there are at the one place that it sells from. */
  readonly isMaster?: true | undefined;
}

type ChannelName = Pick<StockChannel, 'platform' | 'storeId' | 'outletId' | 'locationId'>;

/** Names a channel. No part of it holds the sign between them: neither platforms nor stores do, and outlets are configured. */
export const channelKey = ({ platform, storeId, outletId = '', locationId = '' }: ChannelName): string =>
  [platform, storeId, outletId, locationId].join('#');

/** Of what is known by channel, what is of these: the configuration may have had others, or called them otherwise. */
export function ofChannels<Known>(
  channels: readonly ChannelName[],
  known: Readonly<Record<string, Known>>,
): Record<string, Known> {
  const keys = new Set(channels.map(channelKey));
  return Object.fromEntries(Object.entries(known).filter(([key]) => keys.has(key)));
}

/** Whether we tell a store what to charge: the next price that we tell would undo anybody else's. */
export const isToldPrices = (
  channels: readonly StockChannel[],
  store: Pick<StockChannel, 'platform' | 'storeId'>,
): boolean =>
  channels.some(
    ({ platform, storeId, charges = [] }) =>
      platform === store.platform && storeId === store.storeId && charges.length > 0,
  );

/** Where an order was placed and, where that is said, where its goods leave from. */
export type SoldAt = ChannelName;

/** The channels that an order may take its goods from: all of its store's that what is known of it does not rule out. */
export function channelsSelling(channels: readonly StockChannel[], sold: SoldAt): StockChannel[] {
  const ofStore = channels.filter(
    ({ platform, storeId }) => platform === sold.platform && storeId === sold.storeId,
  );
  const ofOutlet = narrowed(
    ofStore,
    ({ outletId, ownCode = outletId }) => [outletId, ownCode].includes(sold.outletId),
    sold.outletId,
  );
  return narrowed(ofOutlet, ({ locationId }) => locationId === sold.locationId, sold.locationId);
}

/** Those that match; all of them where nothing is known, or where nobody told us of the outlet or location. */
function narrowed(
  channels: StockChannel[],
  matches: (channel: StockChannel) => boolean,
  known: string | undefined,
): StockChannel[] {
  const found = known === undefined ? [] : channels.filter(matches);
  return found.length > 0 ? found : channels;
}

/** The places that the goods of an order may leave from, sorted. */
export const placesSelling = (channels: readonly StockChannel[], sold: SoldAt): Place[] =>
  [...new Set(channelsSelling(channels, sold).flatMap(({ sells }) => sells))].sort();
