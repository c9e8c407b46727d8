import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { Product, ProductVariant, StockLevel } from '../product.ts';
import type { EpochMs } from '../time.ts';
import type { StockChannel } from './channel.ts';
import { type Display, displaySchema, type Shown, sameDisplay } from './display.ts';
import { type Movement, movedSince } from './movements.ts';
import type { Mark } from './settling.ts';

/**
 * What is done about a channel that shows something else than it was told. `report`: readers are told. `repair`: the channel
 * is told again. `adopt`: what it shows is taken for the number of the merchant's system.
 */
export const DRIFT_POLICIES = ['report', 'repair', 'adopt'] as const;
export type DriftPolicy = (typeof DRIFT_POLICIES)[number];

/** A channel that was found to show something else. */
export const driftedSchema = lazily(() =>
  z.object({
    seen: displaySchema(),
    /** When it was found first (epoch ms). */
    at: z.int(),
    /** How often it was told again because of it. */
    repairs: z.int(),
    /** Telling it did not help: a person has to look. */
    review: z.literal(true).optional(),
    /** What it shows counts now. */
    adopted: z.literal(true).optional(),
  }),
);
export type Drifted = z.infer<ReturnType<typeof driftedSchema>>;

/** Whether nobody but a person puts it right. */
export const needsPerson = ({ repairs, review, adopted }: Drifted): boolean =>
  adopted === undefined && (review !== undefined || repairs === 0);

/** Orders of so long may still be on their way to us or to the platform (ms). */
const BLIND_MS = 15 * 60_000;
/** What is told in bulk may be live so much later where a product is on sale or not (ms). */
const LIVE_WITHIN_MS = 30 * 60_000;
/** The catalogue is compared once a day: a row that was not written since shows what it shows for so long at least (ms). */
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

/** What a channel was seen to show, as far as its mirrored product tells. Epoch ms, our clock. */
export interface Seen {
  readonly display: Display;
  /** When the platform told us. */
  readonly observedAt: EpochMs;
  /** Since then the whole catalogue was compared: what was not written again was so at that time, too. */
  readonly comparedAt?: EpochMs | undefined;
}

/** The latest time at which the platform surely showed it. */
export const seenAt = ({ observedAt, comparedAt }: Seen, now: EpochMs): EpochMs =>
  Math.max(observedAt, comparedAt ?? now - COMPARED_WITHIN_MS);

/** What is known of a channel, and what it was seen to show. */
export interface Compared {
  readonly channel: Pick<StockChannel, 'shows'>;
  readonly wanted: Display | undefined;
  readonly shown: Shown | undefined;
  /** Where somebody is about to tell it. */
  readonly mark: Mark | undefined;
  /** What orders moved of the SKU lately. */
  readonly movements: readonly Movement[] | undefined;
  readonly seen: Seen;
}

/**
 * Whether a channel shows something else than it was told, and nobody is about to tell it, and no order and no call of ours
 * can be the reason. Our own echo is what it should show, whoever tells us of it.
 */
export function hasDrifted(compared: Compared, now: EpochMs): boolean {
  const { wanted, mark, seen } = compared;
  if (wanted === undefined || mark !== undefined || isSame(wanted, seen.display)) return false;
  return isAfterCall(compared, now) && !isExplained(compared, now);
}

/** Whether a channel shows what it should, and was seen to since it was told. */
export const hasHeld = (compared: Compared, now: EpochMs): boolean =>
  compared.wanted !== undefined &&
  isSame(compared.wanted, compared.seen.display) &&
  isAfterCall(compared, now);

function isAfterCall({ channel, shown, seen }: Compared, now: EpochMs): boolean {
  const liveWithin = channel.shows === 'on-off' ? LIVE_WITHIN_MS : 0;
  return shown === undefined || seenAt(seen, now) >= shown.to + liveWithin;
}

/**
 * Whether orders can be the reason: a channel of a number takes its own sales off by itself, before or after we learn of
 * them. On and off is no matter of single orders.
 */
function isExplained({ channel, wanted, movements, seen }: Compared, now: EpochMs): boolean {
  if (channel.shows !== 'number') return false;
  const [should, does] = [unitsOf(wanted), unitsOf(seen.display)];
  const moved = movedSince(movements, seenAt(seen, now) - BLIND_MS);
  if (should === undefined || does === undefined) return moved > 0;
  // Of a sale of the last minutes the platform may have told us before it tells of the order.
  if (does < should && now - seen.observedAt < BLIND_MS) return true;
  return Math.abs(should - does) <= moved;
}

const unitsOf = (display: Display | undefined): number | undefined =>
  display !== undefined && 'units' in display ? (display.units ?? undefined) : undefined;

/** The most of one order is compared only where somebody limits it. */
function isSame(wanted: Display, seen: Display): boolean {
  if ('on' in wanted && 'on' in seen && (wanted.most === undefined || seen.most === undefined))
    return wanted.on === seen.on;
  return sameDisplay(wanted, seen);
}
