import type { EpochMs, TimeRange } from '../time.ts';
import type { Claim } from './claim.ts';
import { placeWithMost } from './master.ts';
import { type Counted, doubted, type Move, trusted, wished } from './move.ts';
import type { Place } from './places.ts';
import { wholeUnits } from './quantity.ts';
import { type SaleContext, shownAfter } from './sale.ts';
import { claimKey, marked, type Sku, type StockRules, withBase } from './sku.ts';

/** A line of an order that was sold elsewhere takes this from the master's number now; the same again changes nothing. */
export function withSoldElsewhere(
  sku: Sku,
  claim: Claim,
  sale: SaleContext,
  rules: StockRules,
  now: EpochMs,
): Sku {
  const { order, line, places, history } = claim;
  const last = history.at(-1);
  const key = claimKey(claim);
  const known = sku.moves[key];
  const place = known?.place ?? placeWithMost(sku, places, rules.channels);
  if (last === undefined || place === undefined) return sku;
  const wanted = Math.max(0, wholeUnits(last.taken + 999));
  const next = wished(known, { order, line, place, version: last.version, wanted });
  if (next === undefined || next === known) return sku;
  const more = next.wanted - (known?.wanted ?? 0);
  const isNew = known === undefined && sale.before === undefined && history.length === 1;
  const shown = shownAfter(sku, more * 1000, isNew ? sale.placedAt : undefined, sale, rules);
  const lastOrderAt = more > 0 ? now : sku.lastOrderAt;
  return marked({ ...sku, moves: { ...sku.moves, [key]: next }, shown, lastOrderAt }, rules, now);
}

/** An order of the master's own changed its number at these places: within that stretch of the platform's clock, last at its end. */
export function withOwnSale(
  sku: Sku,
  places: readonly Place[],
  { from, to }: TimeRange,
  rules: StockRules,
  now: EpochMs,
): Sku {
  // By a clock that is ahead of ours every number would be from before the sale.
  const known = Math.min(to, now);
  const ownAt = Object.fromEntries(places.map((place) => [place, Math.max(known, sku.ownAt?.[place] ?? 0)]));
  const moves = eachMove(sku, (move) =>
    places.includes(move.place) ? doubted(move, Math.min(from, known), known) : move,
  );
  return marked({ ...sku, moves, ownAt: { ...sku.ownAt, ...ownAt }, lastOrderAt: now }, rules, now);
}

const eachMove = ({ moves }: Sku, change: (move: Move) => Move): Sku['moves'] =>
  Object.fromEntries(Object.entries(moves).map(([key, move]) => [key, change(move)]));

/** The platform does not tell its number of a place: nobody asks for it until the next sale. */
export function withoutOwnSales(sku: Sku, place: Place, rules: StockRules, now: EpochMs): Sku {
  const { [place]: _, ...ownAt } = sku.ownAt ?? {};
  return marked({ ...sku, ownAt }, rules, now);
}

/** The master's number of a place was this when it was asked for, by our clock (epoch ms). An older one changes nothing. */
export function withCounted(
  sku: Sku,
  place: Place,
  { units }: Pick<Counted, 'units'>,
  asOf: EpochMs,
  rules: StockRules,
  now: EpochMs,
): Sku {
  const quantity = units === null ? null : Math.max(0, units) * 1000;
  const moves = eachMove(sku, (move) => trusted(move, now));
  return withBase({ ...sku, moves }, place, { quantity, asOf }, rules, now).sku;
}

/** Something became of a move. */
export const withMove = (sku: Sku, move: Move, rules: StockRules, now: EpochMs): Sku =>
  marked({ ...sku, moves: { ...sku.moves, [claimKey(move)]: move } }, rules, now);
