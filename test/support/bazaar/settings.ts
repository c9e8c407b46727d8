import * as z from 'zod';

/** The merchant's configuration of Bazaar, and the shapes of its secrets. */
export const settings = z.strictObject({
  stores: z
    .array(
      z.strictObject({
        storeId: z.string().regex(/^[\w-]{1,64}$/),
        baseUrl: z.url().default('https://bazaar.test'),
        rate: z
          .strictObject({
            perSecond: z.number().positive().default(10),
            burst: z.number().int().min(1).default(100),
          })
          .prefault({}),
        reconcile: z
          .strictObject({
            everyMinutes: z.number().int().min(1).default(15),
            off: z.boolean().default(false),
          })
          .prefault({}),
        poll: z
          .strictObject({
            everyMinutes: z.number().int().min(1).default(5),
            maxPagesPerRun: z.number().int().min(1).default(20),
          })
          .prefault({}),
      }),
    )
    .min(1),
});
export type BazaarSettings = z.input<typeof settings>;
export type BazaarStore = z.output<typeof settings>['stores'][number];

const filled = z.string().min(1);
/** The app's secret also signs webhooks; the previous one is honoured during a rotation. */
export const appSecret = z.looseObject({
  clientId: filled,
  clientSecret: filled,
  previousClientSecret: filled.optional(),
});
/** The app of the tests. */
export const APP_SECRET = { clientId: 'app-1', clientSecret: 'app-secret' };
export const storeSecret = z.looseObject({
  accessToken: filled,
  refreshToken: filled.optional(),
  /** Epoch ms; absent when the token does not end. */
  expiresAt: z.number().optional(),
  /** Signs the store's webhooks where they have a path of their own. */
  hookSecret: filled.optional(),
  previousHookSecret: filled.optional(),
});
