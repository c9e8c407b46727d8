import * as z from 'zod';

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/**
 * What the function is called with: the schedule's tick, or what a person asks for. Strict, because a misspelt `dryRun`
 * would write. Times are ISO 8601 with a zone.
 */
export const reconcileRequest = z
  .strictObject({
    /** What the schedule sends. */
    scheduled: z.literal(true).optional(),
    /** The store that is meant; all of the platform's when absent. */
    storeId: z.string().min(1).optional(),
    /** Compares this stretch of time, beside what is due anyway. */
    from: moment.optional(),
    /** Now, when absent. */
    to: moment.optional(),
    /** Makes the same calls and comparisons, writes no order, message, progress or report, and says what it would repair. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ from, to }) => to === undefined || from !== undefined, 'to goes with from')
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, 'from must be before to');
export type ReconcileRequest = z.output<typeof reconcileRequest>;
