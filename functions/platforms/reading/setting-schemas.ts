import * as z from 'zod';

export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) =>
      text.startsWith('https://') || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname),
    'must be https (plain http only for this machine itself)',
  )
  .refine((text) => !text.endsWith('/'), 'must not end with a slash');

export const rateSchema = (perSecond: number, burst: number) =>
  z
    .strictObject({
      /** Calls per second the platform drains. */
      perSecond: z.number().positive().max(1000).default(perSecond),
      /** Calls the platform takes at once. */
      burst: z.number().int().min(1).max(10_000).default(burst),
    })
    .prefault({});

/** How often, and how far back, the platform's list is compared with the table. */
export const reconcileSchema = (defaults: {
  everyMinutes: number;
  overlapMinutes: number;
  firstDays: number;
  deepDays: number;
  keptDays: number;
}) =>
  z
    .strictObject({
      /** Minutes between runs. */
      everyMinutes: z.number().int().min(5).max(360).default(defaults.everyMinutes),
      /** Minutes that each run looks back beyond what the last one reached. */
      overlapMinutes: z.number().int().min(10).max(10_080).default(defaults.overlapMinutes),
      /** Days that the very first run, on a new deployment, goes back: the backfill. */
      firstDays: z.number().int().min(1).max(defaults.keptDays).default(defaults.firstDays),
      /** Days that are compared once more each night, for changes that leave no trace in the list's own time. */
      deepDays: z.number().int().min(1).max(defaults.keptDays).default(defaults.deepDays),
    })
    .prefault({});
