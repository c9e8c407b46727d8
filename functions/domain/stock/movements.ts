import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';
import { type Thousandths, wholeUnits } from './quantity.ts';

/** How much an order moved of a SKU, up or down, and when we learnt of it (epoch ms). */
export const movementSchema = lazily(() => z.object({ at: z.int(), amount: z.int().min(0) }));
export type Movement = z.infer<ReturnType<typeof movementSchema>>;

/** A channel is looked at once a day: what was moved before the last two looks explains nothing any more (ms). */
const KEPT_MS = 50 * 3_600_000;
/** The item of a SKU stays small. */
const MOST = 16;

/** What was moved lately, with what an order moves now. The oldest are counted as one, at the time of its latest. */
export function movementsWith(
  known: readonly Movement[] | undefined = [],
  amount: Thousandths,
  now: EpochMs,
): Movement[] {
  const kept = [...known.filter(({ at }) => now - at < KEPT_MS), { at: now, amount: Math.abs(amount) }];
  const [first, second, ...later] = kept;
  if (kept.length <= MOST || first === undefined || second === undefined) return kept;
  return [{ at: Math.max(first.at, second.at), amount: first.amount + second.amount }, ...later];
}

/** Whole units that were moved since then, rounded up. */
export const movedSince = (movements: readonly Movement[] = [], since: EpochMs): number =>
  wholeUnits(movements.filter(({ at }) => at >= since).reduce((sum, { amount }) => sum + amount, 0) + 999);
