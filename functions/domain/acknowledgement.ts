import * as z from 'zod';
import { lazily } from './lazily.ts';

/** The merchant's system has the order, in a version of ours. */
export const acknowledgement = lazily(() =>
  z.object({
    /** What it is called there. */
    erpId: z.string(),
    version: z.number().int().min(1),
    /** ISO UTC, by our clock. */
    at: z.string(),
    /** ISO UTC, by the clock of the merchant's system: since when its stock is less by this order. */
    stockBookedAt: z.string().optional(),
  }),
);
export type Acknowledgement = z.infer<ReturnType<typeof acknowledgement>>;
