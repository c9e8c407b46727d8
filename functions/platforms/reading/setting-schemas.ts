import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The base of a platform's addresses: https at the usual port, host and path only. A user, a query or a fragment would
 * travel in each call or cut its path off; another port is another server. This machine itself may be called as it likes,
 * because the simulated platforms are there.
 */
export const httpUrl = lazily(() =>
  z
    .url({ protocol: /^https?$/ })
    .refine((text) => !text.includes('\\'), 'must not hold a backslash')
    .refine(
      (text) => parts(text, ({ protocol, hostname }) => protocol === 'https:' || LOOPBACK.includes(hostname)),
      'must be https (plain http only for this machine itself)',
    )
    .refine(
      (text) =>
        parts(text, ({ username, password }) => username === '' && password === '' && !text.includes('@')),
      'must not hold a user or a password: credentials belong in the secrets',
    )
    .refine((text) => !/[?#]/.test(text), 'must not hold a query or a fragment')
    .refine(
      (text) => parts(text, ({ port, hostname }) => port === '' || LOOPBACK.includes(hostname)),
      'must not name a port other than 443',
    )
    .refine((text) => !text.endsWith('/'), 'must not end with a slash'),
);

/** False for what is no URL: another rule says so. */
function parts(text: string, holds: (url: URL) => boolean): boolean {
  const url = URL.parse(text);
  return url !== null && holds(url);
}

export const rateSchema = (perSecond: number, burst: number) =>
  z
    .strictObject({
      /** Calls per second the platform drains. */
      perSecond: z.number().positive().max(1000).default(perSecond),
      /** Calls the platform takes at once. */
      burst: z.int().min(1).max(10_000).default(burst),
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
      everyMinutes: z.int().min(5).max(360).default(defaults.everyMinutes),
      /** Minutes that each run looks back beyond what the last one reached. */
      overlapMinutes: z.int().min(10).max(10_080).default(defaults.overlapMinutes),
      /** Days that the very first run, on a new deployment, goes back: the backfill. */
      firstDays: z.int().min(1).max(defaults.keptDays).default(defaults.firstDays),
      /** Days that are compared once more each night, for changes that leave no trace in the list's own time. */
      deepDays: z.int().min(1).max(defaults.keptDays).default(defaults.deepDays),
    })
    .prefault({});
