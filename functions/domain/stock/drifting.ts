import type { EpochMs } from '../time.ts';
import { channelKey, type StockChannel } from './channel.ts';
import { type Display, targetOf } from './display.ts';
import { type Compared, type Drifted, type DriftPolicy, hasDrifted, hasHeld, type Seen } from './drift.ts';
import { claimedByPlaces, displaysOf, marked, promiseOf, type Sku, type StockRules } from './sku.ts';

/** A repair that did not hold so often is not tried again: somebody or something writes against it. */
const MOST_REPAIRS = 2;

/** What is known of a channel that should show `wanted`, to be compared with what it was seen to show. */
export const compared = (
  { shown, marks, movements }: Pick<Sku, 'shown' | 'marks' | 'movements'>,
  channel: StockChannel,
  seen: Seen,
  wanted: Display | undefined,
): Compared => {
  const key = channelKey(channel);
  return { channel, wanted, shown: shown[key], mark: marks[key], movements, seen };
};

/**
 * The SKU once a channel was seen to show this. Whatever happened since counts first: what is no drift any more changes
 * nothing, and a channel that shows what it should is forgotten.
 */
export function withSeen(
  sku: Sku,
  channel: StockChannel,
  { seen, policy }: { seen: Seen; policy: DriftPolicy },
  rules: StockRules,
  now: EpochMs,
): Sku {
  const key = channelKey(channel);
  const { [key]: before, ...others } = sku.drifted ?? {};
  const known = compared(sku, channel, seen, displaysOf(sku, rules)[key]);
  if (hasHeld(known, now)) return before === undefined ? sku : { ...sku, drifted: others };
  if (!hasDrifted(known, now)) return sku;
  const { display } = seen;
  const found: Drifted = { seen: display, at: before?.at ?? now, repairs: before?.repairs ?? 0 };
  const keep = (drifted: Drifted): Sku => ({ ...sku, drifted: { ...others, [key]: drifted } });
  if (before?.review !== undefined) return keep({ ...found, review: true });
  if (policy === 'adopt') {
    const adopted = withAdopted(keep({ ...found, adopted: true }), channel, display, rules, now);
    if (adopted !== undefined) return adopted;
  }
  if (policy !== 'repair') return keep(found);
  if (found.repairs >= MOST_REPAIRS) return keep({ ...found, review: true });
  return toldAgain(keep({ ...found, repairs: found.repairs + 1 }), key, display, rules, now);
}

/** A person wants the channel to be told again, however often that was done. */
export function withRepair(
  sku: Sku,
  channel: StockChannel,
  seen: Seen,
  rules: StockRules,
  now: EpochMs,
): Sku {
  const key = channelKey(channel);
  const { [key]: _, ...drifted } = sku.drifted ?? {};
  return withSeen({ ...sku, drifted }, channel, { seen, policy: 'repair' }, rules, now);
}

/** What was seen is what is shown, so the channel is to be told. */
const toldAgain = (sku: Sku, key: string, display: Display, rules: StockRules, now: EpochMs): Sku =>
  marked({ ...sku, shown: { ...sku.shown, [key]: { display, from: now, to: now } } }, rules, now);

/**
 * The number of the channel's place becomes the one by which it shows what it shows. It keeps its time, so that bookings
 * mean what they meant and the next number of the merchant's system counts. Undefined where nobody can tell which number is
 * meant: the channel shows none, or sells from several places.
 */
function withAdopted(
  sku: Sku,
  channel: StockChannel,
  display: Display,
  rules: StockRules,
  now: EpochMs,
): Sku | undefined {
  const [place, ...others] = channel.sells;
  const base = place === undefined ? undefined : sku.bases[place];
  if (place === undefined || base === undefined || others.length > 0 || !('units' in display))
    return undefined;
  const quantity = display.units === null ? null : (display.units + channel.buffer) * 1000;
  const free = promiseOf({ [place]: { ...base, quantity: 0 } }, claimedByPlaces(sku, rules), [place]);
  const bases = {
    ...sku.bases,
    [place]: {
      ...base,
      quantity: quantity === null ? null : quantity - (typeof free === 'number' ? free : 0),
    },
  };
  const adopted = toldAgain({ ...sku, bases }, channelKey(channel), display, rules, now);
  const target = targetOf(promiseOf(bases, claimedByPlaces(adopted, rules), channel.sells), channel);
  return target === (display.units ?? 'unlimited') ? adopted : undefined;
}
