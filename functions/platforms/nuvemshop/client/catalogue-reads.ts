import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { EpochMs } from '../../../domain/time.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Caller } from './call.ts';
import type { Requests } from './requests.ts';
import { createStore } from './webhooks.ts';
import { createWholeReads } from './whole-reads.ts';

/** As much of a product as is mirrored: descriptions and pictures would make a list of 200 large. */
const FIELDS = 'id,name,published,visibility,variants,categories,created_at,updated_at';

/** A day: a shop does not change its currency. */
const CACHED_MS = 86_400_000;

/** What is known of the store itself, which its products do not say. Kept as long as the container lives, a day at most. */
export interface StoreFacts {
  currency?: { code: string; readAt: EpochMs };
}

const code = lazily(() =>
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/),
);

/** Reads whole products (Nuvemshop reference, product page). */
export function createCatalogueReads(call: Caller, requests: Requests, clock: Clock, facts: StoreFacts) {
  return {
    ...createWholeReads(call, { name: 'products', fields: FIELDS, setting: 'catalogue' }),
    /** The currency of the store's prices, which no product names. @throws PlatformError */
    async currency(): Promise<string> {
      const known = facts.currency;
      if (known !== undefined && clock.now() - known.readAt < CACHED_MS) return known.code;
      const read = code().safeParse((await createStore(requests).get()).main_currency);
      if (!read.success)
        throw new PlatformError({
          platform: 'nuvemshop',
          operation: 'store.get',
          kind: 'invalid-response',
          detail: 'The store names no main_currency.',
        });
      facts.currency = { code: read.data, readAt: clock.now() };
      return read.data;
    },
  };
}
