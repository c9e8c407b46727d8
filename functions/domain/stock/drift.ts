import type { Product, ProductVariant, StockLevel } from '../product.ts';
import type { EpochMs } from '../time.ts';
import type { StockChannel } from './channel.ts';
import { type Display, type Shown, sameDisplay } from './display.ts';
import type { Mark } from './settling.ts';

/** Orders of so long may still be on their way to us or to the platform (ms). */
const BLIND_MS = 15 * 60_000;
/** What is told in bulk may be live so much later where a product is on sale or not (ms). */
const LIVE_WITHIN_MS = 30 * 60_000;
/**
 * A product that shows what it showed when it was last seen is not written again. The daily comparison would have found another
 * number by now (ms).
 */
const COMPARED_WITHIN_MS = 26 * 3_600_000;

/** What a channel of a number was seen to show of a variant; undefined where the platform does not say. */
export function seenNumber(
  { stock, locations = [] }: ProductVariant,
  { shows, locationId }: StockChannel,
): Display | undefined {
  if (shows !== 'number') return undefined;
  // Where there are locations, the sum of all of them is no location's.
  const level =
    locations.length === 0
      ? stock
      : (locations.find((one) => one.locationId === locationId) ??
        (locations.length === 1 ? locations[0] : undefined));
  const found: StockLevel | undefined = level !== undefined && 'stock' in level ? level.stock : level;
  if (found === undefined) return undefined;
  return { units: found.kind === 'unlimited' ? null : Math.max(0, found.quantity) };
}

/** What a channel was seen to show of a variant, whatever it shows. */
export function seenDisplay(
  { status }: Pick<Product, 'status'>,
  variant: ProductVariant,
  channel: StockChannel,
): Display | undefined {
  if (channel.shows !== 'on-off') return seenNumber(variant, channel);
  if (status === 'unknown') return undefined;
  if (status === 'inactive') return { on: false };
  const { mostPerOrder: most } = variant;
  return { on: true, ...(most === undefined || most === 0 ? {} : { most }) };
}

/** What is known of a channel, and what it was seen to show. */
export interface Compared {
  readonly channel: Pick<StockChannel, 'shows'>;
  readonly wanted: Display | undefined;
  readonly shown: Shown | undefined;
  /** Where somebody is about to tell it. */
  readonly mark: Mark | undefined;
  /** Of the SKU. */
  readonly lastOrderAt: EpochMs | undefined;
  readonly seen: Display;
  /** Epoch ms, our clock. */
  readonly seenAt: EpochMs;
}

/**
 * Whether a channel shows something else than it was told, and nobody is about to tell it, and no order and no call of ours
 * can be the reason.
 */
export function hasDrifted(
  { channel, wanted, shown, mark, lastOrderAt = 0, seen, seenAt }: Compared,
  now: EpochMs,
): boolean {
  if (wanted === undefined || mark !== undefined || isSame(wanted, seen)) return false;
  const liveWithin = channel.shows === 'on-off' ? LIVE_WITHIN_MS : 0;
  const toldAt = shown?.to ?? 0;
  if (seenAt < toldAt + liveWithin && now - toldAt < COMPARED_WITHIN_MS) return false;
  // An order before the look may be what was seen; one after it has nothing to do with it, but marks the channel by itself.
  return now - lastOrderAt >= BLIND_MS;
}

/** The most of one order is compared only where somebody limits it. */
function isSame(wanted: Display, seen: Display): boolean {
  if ('on' in wanted && 'on' in seen && (wanted.most === undefined || seen.most === undefined))
    return wanted.on === seen.on;
  return sameDisplay(wanted, seen);
}
