import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';
import { placeName } from './places.ts';
import type { Thousandths } from './quantity.ts';

const amount = lazily(() => z.int());
const epochMs = lazily(() => z.int());

/** What a line took from one version of its order on, until the next one that says something else. */
const takenSince = lazily(() =>
  z.object({
    version: amount(),
    taken: amount(),
    /** Of it, what has left the house: that is never given back. */
    gone: amount(),
    /** When the order became so, as far as we know (epoch ms). */
    since: epochMs(),
  }),
);
export type TakenSince = z.infer<ReturnType<typeof takenSince>>;

/** The merchant's system has taken a version of an order off its stock, at this time of its own clock (epoch ms). */
export const booking = lazily(() => z.object({ version: amount(), at: epochMs() }));
export type Booking = z.infer<ReturnType<typeof booking>>;

/**
 * What one line of one order takes of one SKU, and what of it the merchant's system has booked. It says so absolutely:
 * writing it a second time changes nothing.
 */
export const claimSchema = lazily(() =>
  z.object({
    /** Name of the order: `<platform>:<store>:<id>`. */
    order: z.string(),
    /** Names the line, and the component where the line is a kit. */
    line: z.string(),
    /** All that the goods may leave from: the claim counts against each of them until one is known. Sorted. */
    places: z.array(placeName).min(1),
    /** Oldest first; never empty. */
    history: z.array(takenSince()).min(1),
    /** In the order of their versions. */
    bookings: z.array(booking()),
  }),
);
export type Claim = z.infer<ReturnType<typeof claimSchema>>;

/** What the number of the merchant's system means, and when it is believed without an acknowledgement. */
export interface BaseRules {
  /**
   * `available`: less by an order once it is booked. `onHand`: what lies in the house, less by an order once it has left it
   * as well.
   */
  readonly baseMeans: 'available' | 'onHand';
  /**
   * Of a system that never acknowledges: so many hours after an order became as it is, a number of its knows of it. Absent:
   * only an acknowledgement ends a claim.
   */
  readonly untilHours?: number | undefined;
}

const HOUR_MS = 3_600_000;

/** Of a line, what a number of the merchant's system that was true at `asOf` (its clock) has taken off already. */
export function bookedIn(claim: Claim, asOf: EpochMs, rules: BaseRules): Thousandths {
  const said = claim.bookings.findLast(({ at }) => at < asOf);
  const believed = rules.untilHours === undefined ? undefined : believedAt(claim, asOf, rules.untilHours);
  if (said !== undefined && said.version >= (believed?.version ?? 0))
    return bookable(at(claim, said.version), rules);
  if (believed === undefined) return said === undefined ? 0 : bookable(at(claim, said.version), rules);
  // Nobody said so: what is only believed frees nothing that was not taken.
  return Math.min(bookable(believed, rules), now(claim).taken);
}

/** What a line still takes from a number that was true at `asOf`. Less than nothing where less is open than was booked. */
export const claimed = (claim: Claim, asOf: EpochMs | undefined, rules: BaseRules): Thousandths =>
  now(claim).taken - (asOf === undefined ? 0 : bookedIn(claim, asOf, rules));

/** Whether no later number can make the claim another one: only a change of its order can. */
export function isSettled(claim: Claim, asOf: EpochMs | undefined, rules: BaseRules): boolean {
  if (asOf === undefined || claimed(claim, asOf, rules) !== 0) return false;
  const last = claim.bookings.at(-1);
  if (last !== undefined) return last.at < asOf;
  const { untilHours } = rules;
  return (
    now(claim).taken === 0 ||
    (untilHours !== undefined && believedAt(claim, asOf, untilHours) === claim.history.at(-1))
  );
}

const now = ({ history }: Claim): TakenSince => history.at(-1) ?? NOTHING;
const NOTHING: TakenSince = { version: 0, taken: 0, gone: 0, since: 0 };

/** What a line took at a version. Before the first that we know, nobody can tell: then as much as in the first. */
const at = ({ history }: Claim, version: number): TakenSince =>
  history.findLast((one) => one.version <= version) ?? history[0] ?? NOTHING;

const bookable = ({ taken, gone }: TakenSince, { baseMeans }: BaseRules): Thousandths =>
  baseMeans === 'available' ? taken : gone;

const believedAt = ({ history }: Claim, asOf: EpochMs, hours: number): TakenSince | undefined =>
  history.findLast(({ since }) => since + hours * HOUR_MS < asOf);
