import type { EpochMs } from '../time.ts';
import { type Base, type BaseOutcome, type Bases, baseOutcome, knownSince, together } from './base.ts';
import { channelKey, ofChannels, type StockChannel } from './channel.ts';
import { type BaseRules, type Claim, claimed, isSettled } from './claim.ts';
import {
  type Display,
  displayOf,
  isLess,
  larger,
  type Rejected,
  type Shown,
  sameDisplay,
  targetOf,
} from './display.ts';
import type { Drifted } from './drift.ts';
import { type Link, linkOf } from './links.ts';
import { type CountedSku, hasMaster, masterMarks } from './master.ts';
import { openOf } from './move.ts';
import type { Movement } from './movements.ts';
import { type Place, placesKey, placesOfKey } from './places.ts';
import type { Prices } from './prices.ts';
import { type PriceAnswer, type Pricing, pricesAnswered, pricesMarked } from './pricing.ts';
import type { Thousandths } from './quantity.ts';
import { ASK_AGAIN_MS, type Mark, markFor, type SettleRules } from './settling.ts';
import { stillUnlinked, type Unlinked } from './unlinked.ts';

/** How a merchant's stock is counted and shown. */
export interface StockRules extends BaseRules {
  readonly channels: readonly StockChannel[];
  readonly settle: SettleRules;
}

/** Everything that is known of one SKU. */
export interface Sku extends CountedSku {
  /** By the name of order and line. Of settled ones nothing is kept here. */
  readonly claims: Readonly<Record<string, Claim>>;
  /** By channel: what it shows, as far as we know. */
  readonly shown: Readonly<Record<string, Shown>>;
  /** By channel: what its platform refused to show. */
  readonly rejected: Readonly<Record<string, Rejected>>;
  /** When an order last took some (epoch ms). */
  readonly lastOrderAt?: EpochMs | undefined;
  /** What orders moved lately, oldest first. */
  readonly movements?: Movement[] | undefined;
  /** By channel: that it was found to show something else than it was told. */
  readonly drifted?: Readonly<Record<string, Drifted>> | undefined;
  /** Why the merchant's system and the channels do not mean the same goods. */
  readonly unlinked?: Unlinked | undefined;
  /** What it is to cost, where somebody said so. */
  readonly pricing?: Pricing | undefined;
}

export const NOTHING_KNOWN: Sku = {
  bases: {},
  claims: {},
  moves: {},
  links: {},
  shown: {},
  marks: {},
  rejected: {},
};

export const claimKey = ({ order, line }: Pick<Claim, 'order' | 'line'>): string => `${order}#${line}`;

/**
 * What is claimed, by the places that it may be taken from. Claims that no number has taken off yet; where a platform counts,
 * what was sold elsewhere and is not off its number yet.
 */
export function claimedByPlaces(
  { bases, claims, moves }: Pick<Sku, 'bases' | 'claims' | 'moves'>,
  rules: StockRules,
): Record<string, Thousandths> {
  const open = hasMaster(rules.channels)
    ? Object.values(moves).map((move) => [move.place, openOf(move)] as const)
    : Object.values(claims).map(
        (claim) => [placesKey(claim.places), claimed(claim, knownSince(bases, claim.places), rules)] as const,
      );
  const sums: Record<string, Thousandths> = {};
  for (const [key, amount] of open) if (amount !== 0) sums[key] = (sums[key] ?? 0) + amount;
  return sums;
}

/** What these places may still sell: what they have, less what is claimed from any of them. May be less than nothing. */
export function promiseOf(
  bases: Bases,
  claimedBy: Readonly<Record<string, Thousandths>>,
  sells: readonly Place[],
): Thousandths | 'unlimited' | undefined {
  const base = together(bases, sells);
  if (typeof base !== 'number') return base;
  const taken = Object.entries(claimedBy)
    .filter(([key]) => placesOfKey(key).some((place) => sells.includes(place)))
    .reduce((sum, [, open]) => sum + open, 0);
  return base - taken;
}

/** Whether more was sold than there is: some channel's places have promised more than they had. */
export const isOversold = (
  bases: Bases,
  claimedBy: Readonly<Record<string, Thousandths>>,
  { channels }: Pick<StockRules, 'channels'>,
): boolean =>
  channels.some(({ sells }) => {
    const promise = promiseOf(bases, claimedBy, sells);
    return typeof promise === 'number' && promise < 0;
  });

/**
 * What each channel should show; none of a channel that has no product of the SKU, or of which nothing is known, and none of
 * the master's, which knows by itself.
 */
export const displaysOf = (sku: Sku, rules: StockRules): Record<string, Display> =>
  displaysBy(sku, claimedByPlaces(sku, rules), rules);

/** The same where the sums of the claims are known. */
export function displaysBy(
  sku: Pick<Sku, 'bases' | 'links'>,
  claimedBy: Readonly<Record<string, Thousandths>>,
  rules: Pick<StockRules, 'channels'>,
): Record<string, Display> {
  const wanted: Record<string, Display> = {};
  for (const channel of rules.channels) {
    if (channel.isMaster === true || linkOf(sku.links, channel).state !== 'linked') continue;
    const display = displayOf(channel, targetOf(promiseOf(sku.bases, claimedBy, channel.sells), channel));
    if (display !== undefined) wanted[channelKey(channel)] = display;
  }
  return wanted;
}

/**
 * The SKU with the marks that its channels need now, without the claims that no later number changes, and without what is
 * known of channels that are configured no more.
 */
export function marked(sku: Sku, rules: StockRules, now: EpochMs): Sku {
  const marks: Record<string, Mark> = masterMarks(sku, rules.channels, now);
  const rejected = ofChannels(rules.channels, sku.rejected);
  const displays = displaysOf(sku, rules);
  for (const [key, wanted] of Object.entries(displays)) {
    const shown = sku.shown[key];
    const isRight = shown !== undefined && shown.unsure === undefined && sameDisplay(shown.display, wanted);
    const refused = sku.rejected[key];
    if (isRight) {
      // What was refused is not wanted any more, and nothing was told since that a job might still refuse.
      if (refused !== undefined && shown.from < refused.at && !sameDisplay(refused.display, wanted))
        delete rejected[key];
      continue;
    }
    if (refused !== undefined && sameDisplay(refused.display, wanted)) {
      // Whatever keeps the platform from it, it does not go by asking at once again.
      marks[key] = { since: sku.marks[key]?.since ?? now, dueAt: refused.at + ASK_AGAIN_MS };
      continue;
    }
    const less = isLess(shown?.display, wanted);
    marks[key] = markFor(sku.marks[key], less, { now, lastOrderAt: sku.lastOrderAt }, rules.settle);
  }
  // Where a platform counts, nobody acknowledges: what is left from before would never end.
  const open = hasMaster(rules.channels)
    ? []
    : Object.entries(sku.claims).filter(
        ([, claim]) => !isSettled(claim, knownSince(sku.bases, claim.places), rules),
      );
  const pricing = pricesMarked(sku.pricing, sku.links, rules, now);
  return {
    ...sku,
    claims: Object.fromEntries(open),
    marks,
    shown: ofChannels(rules.channels, sku.shown),
    rejected,
    ...stillOdd(sku, displays),
    ...(pricing === undefined ? {} : { pricing }),
  };
}

/** Of what is odd about a SKU, what is left of it: nothing of channels that show nothing of it any more. */
function stillOdd(sku: Sku, displays: Readonly<Record<string, Display>>): Pick<Sku, 'drifted' | 'unlinked'> {
  const drifted = Object.entries(sku.drifted ?? {}).filter(([key]) => displays[key] !== undefined);
  return {
    drifted: drifted.length === 0 ? undefined : Object.fromEntries(drifted),
    unlinked: stillUnlinked(sku.unlinked, sku),
  };
}

/** The merchant's system says how many there are at a place. */
export function withBase(
  sku: Sku,
  place: Place,
  next: Base,
  rules: StockRules,
  now: EpochMs,
): { sku: Sku; outcome: BaseOutcome } {
  const outcome = baseOutcome(sku.bases[place], next);
  if (outcome !== 'set') return { sku, outcome };
  return { sku: marked({ ...sku, bases: { ...sku.bases, [place]: next } }, rules, now), outcome };
}

/** A channel was told, and took it. Of two calls the one that began later counts. */
export function withShown(sku: Sku, channel: string, shown: Shown, rules: StockRules, now: EpochMs): Sku {
  const before = sku.shown[channel];
  if (before !== undefined && before.from > shown.from) return sku;
  const { [channel]: _, ...rejected } = sku.rejected;
  return marked({ ...sku, shown: { ...sku.shown, [channel]: shown }, rejected }, rules, now);
}

/** A channel was told, and its platform refuses to show that. */
export function withRejected(
  sku: Sku,
  channel: string,
  rejected: Rejected,
  rules: StockRules,
  now: EpochMs,
): Sku {
  return marked({ ...sku, rejected: { ...sku.rejected, [channel]: rejected } }, rules, now);
}

/**
 * Nobody knows what a channel shows any more: it is told again. It counts as what lets more be sold, so that less is told at once.
 *
 * @param orElse what it may show instead, where anybody knows
 */
export function withUnsure(
  sku: Sku,
  channel: string,
  orElse: Display | undefined,
  rules: StockRules,
  now: EpochMs,
): Sku {
  const before = sku.shown[channel];
  if (before === undefined) return sku;
  const display = orElse === undefined ? before.display : larger(before.display, orElse);
  // What was seen before now may be from before the call.
  const unsure = { ...before, display, to: Math.max(before.to, now), unsure: true as const };
  return marked({ ...sku, shown: { ...sku.shown, [channel]: unsure } }, rules, now);
}

/** What it is to cost is this now. */
export const withPricing = (sku: Sku, pricing: Pricing, rules: StockRules, now: EpochMs): Sku =>
  marked({ ...sku, pricing }, rules, now);

/** A channel was told what to charge, and this became of it. */
export function withPriceAnswer(
  sku: Sku,
  channel: string,
  answered: { prices: Prices; at: EpochMs; answer: PriceAnswer },
  rules: StockRules,
): Sku {
  if (sku.pricing === undefined) return sku;
  return marked({ ...sku, pricing: pricesAnswered(sku.pricing, channel, answered) }, rules, answered.at);
}

/** The products of a catalogue that have the SKU are these now. */
export function withLinks(sku: Sku, catalogue: string, links: Link[], rules: StockRules, now: EpochMs): Sku {
  const { [catalogue]: _, ...others } = sku.links;
  const next = links.length === 0 ? others : { ...others, [catalogue]: links };
  return marked({ ...sku, links: next }, rules, now);
}

/**
 * What a channel was seen to show, between these times. Taken over where it is what it should show or is thought to show.
 * Anything else may be a sale of the channel's own whose order is still on its way: then our number would undo it, so
 * that is left to the order, and to the check for drift.
 */
export function withObserved(sku: Sku, channel: string, seen: Shown, rules: StockRules, now: EpochMs): Sku {
  const before = sku.shown[channel];
  if (before !== undefined && before.to > seen.from) return sku;
  const isExpected =
    sameDisplay(seen.display, displaysOf(sku, rules)[channel]) || sameDisplay(seen.display, before?.display);
  return isExpected ? marked({ ...sku, shown: { ...sku.shown, [channel]: seen } }, rules, now) : sku;
}
