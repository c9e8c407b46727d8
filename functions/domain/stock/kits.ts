import * as z from 'zod';
import { lazily } from '../lazily.ts';
import type { EpochMs } from '../time.ts';

/** What each kit is made of: by its SKU, whole units of its parts by theirs. */
export type Kits = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * What a line was claimed as. `ended`: the table says so no more, since this version of the order, which became so at this
 * time (epoch ms).
 */
export const claimedPartsSchema = lazily(() =>
  z.record(
    z.string(),
    z.object({ quantity: z.int(), ended: z.object({ version: z.int(), since: z.int() }).optional() }),
  ),
);
export type ClaimedParts = Readonly<z.infer<ReturnType<typeof claimedPartsSchema>>>;

/** What a line is claimed as: the parts of its kit, or itself. */
export const claimedAs = (sku: string, parts: ClaimedParts | undefined): ClaimedParts =>
  parts ?? { [sku]: { quantity: 1 } };

/**
 * What a line is claimed as now, with all that it was claimed as before; undefined where that is itself, and always was.
 *
 * @param known undefined where nothing was claimed for the line
 */
export function claimedParts(
  kits: Kits,
  sku: string,
  known: { readonly parts?: ClaimedParts | undefined } | undefined,
  ended: { version: number; since: EpochMs },
): ClaimedParts | undefined {
  if (!Object.hasOwn(kits, sku) && known?.parts === undefined) return undefined;
  const parts = new Map<string, ClaimedParts[string]>(
    partsOf(kits, sku).map(({ sku: part, quantity }) => [part, { quantity }]),
  );
  const before = known === undefined ? {} : claimedAs(sku, known.parts);
  for (const [part, was] of Object.entries(before)) if (!parts.has(part)) parts.set(part, { ended, ...was });
  return Object.fromEntries(parts);
}

/** What is taken off the shelf for one unit of a SKU. */
export function partsOf(kits: Kits, sku: string): { sku: string; quantity: number }[] {
  const parts = Object.hasOwn(kits, sku) ? kits[sku] : undefined;
  if (parts === undefined) return [{ sku, quantity: 1 }];
  return Object.entries(parts).map(([part, quantity]) => ({ sku: part, quantity }));
}
