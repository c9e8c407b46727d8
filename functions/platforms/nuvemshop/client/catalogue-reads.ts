import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { EpochMs } from '../../../domain/time.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Caller } from './call.ts';
import type { Requests } from './requests.ts';
import { readStore, type Store } from './store.ts';
import { createWholeReads } from './whole-reads.ts';

/** As much of a product as is mirrored: descriptions and pictures would make a list of 200 large. */
const FIELDS = 'id,name,published,visibility,variants,categories,created_at,updated_at';

/** A day: a shop does not change its currency, nor its language. */
const CACHED_MS = 86_400_000;

/** What is known of the store itself, which its products do not say. Kept as long as the container lives, a day at most. */
export interface StoreFacts {
  store?: Store & { readAt: EpochMs };
}

const code = lazily(() =>
  z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/),
);

/** Reads whole products (Nuvemshop reference, product page), and what they do not say of themselves. */
export function createCatalogueReads(call: Caller, requests: Requests, clock: Clock, facts: StoreFacts) {
  async function store(): Promise<Store> {
    const known = facts.store;
    if (known !== undefined && clock.now() - known.readAt < CACHED_MS) return known;
    facts.store = { ...(await readStore(requests)), readAt: clock.now() };
    return facts.store;
  }
  return {
    ...createWholeReads(call, { name: 'products', fields: FIELDS, setting: 'catalogue' }),
    /** The currency of the store's prices, which no product names. @throws PlatformError */
    async currency(): Promise<string> {
      const read = code().safeParse((await store()).main_currency);
      if (read.success) return read.data;
      // It is asked for again the next time.
      delete facts.store;
      throw new PlatformError({
        platform: 'nuvemshop',
        operation: 'store.get',
        kind: 'invalid-response',
        detail: 'The store names no main_currency.',
      });
    },
    /** The language of a text that is in one, such as `es`; undefined where the store does not say. @throws PlatformError */
    async mainLanguage(): Promise<string | undefined> {
      return (await store()).main_language ?? undefined;
    },
  };
}
