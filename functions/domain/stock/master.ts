import type { EpochMs } from '../time.ts';
import type { Bases } from './base.ts';
import { channelKey, channelsSelling, type SoldAt, type StockChannel } from './channel.ts';
import { type Links, linkOf } from './links.ts';
import { type Move, nextOf } from './move.ts';
import type { Place } from './places.ts';
import type { Mark } from './settling.ts';

type Channels = readonly StockChannel[];

/** Whether a platform counts the goods, and not the merchant's own system. */
export const hasMaster = (channels: Channels): boolean => channels.some(({ isMaster }) => isMaster === true);

/** The places whose goods the channels of an order count themselves: what it took is off their number already. */
export const placesCountedBy = (channels: Channels, sold: SoldAt): Place[] =>
  channelsSelling(channels, sold).flatMap(({ isMaster, sells }) => (isMaster === true ? sells : []));

/** What is known of a SKU that a platform counts. */
export interface CountedSku {
  readonly bases: Bases;
  readonly links: Links;
  readonly marks: Readonly<Record<string, Mark>>;
  /** By the name of order and line: what was sold elsewhere, until the master's number has it. */
  readonly moves: Readonly<Record<string, Move>>;
  /** By place: when the master's own orders last changed its number, as far as we know (epoch ms). */
  readonly ownAt?: Readonly<Record<Place, EpochMs>> | undefined;
}

/** The platform tells of its numbers by itself, mostly within so long (ms). */
const TELLS_WITHIN_MS = 20_000;

/** The masters' channels that something is to be done at, and when. */
export function masterMarks(sku: CountedSku, channels: Channels, now: EpochMs): Record<string, Mark> {
  const marks: Record<string, Mark> = {};
  for (const channel of channels) {
    if (channel.isMaster !== true || linkOf(sku.links, channel).state !== 'linked') continue;
    const key = channelKey(channel);
    const since = sku.marks[key]?.since ?? now;
    const dues = channel.sells.flatMap((place) => {
      const move = nextOf(movesAt(sku, place), since);
      return [
        ...(move === undefined ? [] : [move.dueAt]),
        ...(isOutdated(sku, place) ? [since + TELLS_WITHIN_MS] : []),
      ];
    });
    if (dues.length > 0) marks[key] = { since, dueAt: Math.min(...dues) };
  }
  return marks;
}

/** What is to be taken from the number of a place, or given back. */
export const movesAt = ({ moves }: Pick<CountedSku, 'moves'>, place: Place): Move[] =>
  Object.values(moves).filter((move) => move.place === place);

/** Whether the master's number is from before a sale of its own. */
export const isOutdated = ({ bases, ownAt }: Pick<CountedSku, 'bases' | 'ownAt'>, place: Place): boolean =>
  (ownAt?.[place] ?? 0) > (bases[place]?.asOf ?? 0);

/** Where goods are taken from that may lie in several places: where most are, as far as we know. */
export function placeWithMost(
  { bases }: Pick<CountedSku, 'bases'>,
  places: readonly Place[],
  channels: Channels,
) {
  const counted = places.filter((place) => channels.some((one) => one.isMaster && one.sells.includes(place)));
  const left = (place: Place) => {
    const base = bases[place];
    return base === undefined ? -1 : (base.quantity ?? Number.POSITIVE_INFINITY);
  };
  return counted.toSorted((one, other) => left(other) - left(one))[0];
}
