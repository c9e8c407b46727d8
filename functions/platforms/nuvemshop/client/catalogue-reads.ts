import * as z from 'zod';
import type { EpochMs } from '../../../domain/time.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { type Caller, path } from './call.ts';
import { listWithin, type Window } from './list-within.ts';
import { pages, type Requests } from './requests.ts';
import { createStore } from './webhooks.ts';

/** As much of a product as is mirrored: descriptions and pictures would make a list of 200 large. */
const FIELDS = 'id,name,published,visibility,variants,categories,created_at,updated_at';

/** A product as it came: the bytes are those of the whole answer, or the product's own in a list. */
export interface CameProduct {
  json: unknown;
  bytes: Uint8Array;
}

/** A day: a shop does not change its currency. */
const CACHED_MS = 86_400_000;

/** What is known of the store itself, which its products do not say. Kept as long as the container lives, a day at most. */
export interface StoreFacts {
  currency?: { code: string; readAt: EpochMs };
}

const code = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/);

/** Reads whole products (Nuvemshop reference, product page). */
export function createCatalogueReads(call: Caller, requests: Requests, clock: Clock, facts: StoreFacts) {
  return {
    async get(productId: string): Promise<CameProduct> {
      const below = path`/products/${productId}`;
      const query = { fields: FIELDS };
      const { json, bytes } = await withScope(() =>
        call({ operation: 'products.get', method: 'GET', path: below, query }),
      );
      return { json, bytes };
    },
    /** The products of a stretch of time; see `listWithin`. */
    async *listWithin(window: Window): AsyncGenerator<CameProduct[], void, undefined> {
      const operation = 'products.list';
      const list = (bounds: object) =>
        pages(call, {
          operation,
          path: '/products',
          query: { fields: FIELDS, ...bounds },
          item: z.unknown(),
        });
      const found = listWithin({ operation, items: 'products', list }, window);
      for (;;) {
        const page = await withScope(() => found.next());
        if (page.done === true) return;
        yield page.value.items.map((json) => ({ json, bytes: Buffer.from(JSON.stringify(json)) }));
      }
    },
    /** The currency of the store's prices, which no product names. @throws PlatformError */
    async currency(): Promise<string> {
      const known = facts.currency;
      if (known !== undefined && clock.now() - known.readAt < CACHED_MS) return known.code;
      const read = code.safeParse((await createStore(requests).get()).main_currency);
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

/** An app without the scope still gets its orders: this says nothing of the token. */
async function withScope<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PlatformError) || error.status !== 403 || error.kind !== 'auth-failed')
      throw error;
    throw new PlatformError({
      platform: 'nuvemshop',
      operation: error.operation,
      kind: 'refused',
      status: 403,
      detail: 'The app may not read products.',
      remedy:
        'Give it the scope read_products in the partner panel and open the installation link again, or set catalogue to false for the store.',
    });
  }
}
