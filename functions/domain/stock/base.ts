import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';
import type { Place } from './places.ts';
import type { Thousandths } from './quantity.ts';

/** How many there are at a place, as its owner last said it; null is unlimited. `asOf`: epoch ms, by the owner's clock. */
export const baseSchema = lazily(() => z.object({ quantity: z.int().nullable(), asOf: z.int() }));
export type Base = z.infer<ReturnType<typeof baseSchema>>;

/** By place. Of a place that nobody told of nothing is known: no zero. */
export type Bases = Readonly<Record<Place, Base>>;

/** `stale`: a newer number is known. `unchanged`: it is known already. */
export type BaseOutcome = 'set' | 'unchanged' | 'stale';

/** What a number changes. Of two with one time the first counts: nobody knows which of them was meant to be the later. */
export function baseOutcome(before: Base | undefined, next: Base): BaseOutcome {
  if (before === undefined || next.asOf > before.asOf) return 'set';
  return next.asOf === before.asOf && next.quantity === before.quantity ? 'unchanged' : 'stale';
}

/** The time that every number of these places is at least as new as; undefined where there is none. */
export function knownSince(bases: Bases, places: readonly Place[]): EpochMs | undefined {
  const times = places.flatMap((place) => bases[place]?.asOf ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What these places have together; `unlimited` once one is, undefined where nobody told of any. */
export function together(bases: Bases, places: readonly Place[]): Thousandths | 'unlimited' | undefined {
  const known = places.flatMap((place) => bases[place] ?? []);
  if (known.length === 0) return undefined;
  if (known.some(({ quantity }) => quantity === null)) return 'unlimited';
  return known.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
}
