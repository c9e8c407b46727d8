import * as z from 'zod';
import { lazily } from './lazily.ts';

/** The merchant's system has the order, in a version of ours. */
export const acknowledgement = lazily(() =>
  z.object({
    /** What it is called there. */
    erpId: z.string(),
    version: z.int().min(1),
    /** ISO UTC, by our clock. */
    at: z.string(),
    /** ISO UTC, by the clock of the merchant's system: since when its stock is less by this order. */
    stockBookedAt: z.string().optional(),
  }),
);
export type Acknowledgement = z.infer<ReturnType<typeof acknowledgement>>;

/** What an acknowledgement says, without the time at which it came. */
export type SaidToHave = Pick<Acknowledgement, 'erpId' | 'version' | 'stockBookedAt'>;

/**
 * What is known once a client has said that; undefined where it says nothing new. Answers come twice and overtake each other,
 * so of one version the latest booking counts, and one without a booking takes none back.
 */
export function acknowledgedNow(before: SaidToHave | undefined, said: SaidToHave): SaidToHave | undefined {
  if (before === undefined || said.version > before.version) return said;
  if (said.version < before.version) return undefined;
  const [was, is] = [before.stockBookedAt, said.stockBookedAt];
  if (was !== undefined && is !== undefined && is < was) return undefined;
  const stockBookedAt = is ?? was;
  if (said.erpId === before.erpId && stockBookedAt === was) return undefined;
  return { ...said, ...(stockBookedAt === undefined ? {} : { stockBookedAt }) };
}
