import { onTestFinished } from 'vitest';
import type { Product } from '../../../functions/domain/product.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { ReadThing } from '../../../functions/platforms/mirrored-resource.ts';
import type { Platform } from '../../../functions/platforms/platform.ts';
import type { ProductResource } from '../../../functions/platforms/product-resource.ts';
import type { BazaarClient } from './client.ts';
import type { BazaarStore } from './settings.ts';

const DAY_MS = 86_400_000;

/**
 * Products at Bazaar, as a test has them. Bazaar's own client knows none, so each question costs a call of another kind.
 *
 * @param undivided whether the list knows no times
 */
export function createBazaarCatalogue(
  platform: Pick<Platform, 'name' | 'resources' | 'read'>,
  storeId: string,
  { undivided = false } = {},
) {
  const there = new Map<string, ReadThing<Product>>();
  /** What a question is answered with instead, the next first. */
  const failures: PlatformError[] = [];
  /** What is answered once in the place of a thing, by its id. */
  const instead = new Map<string, PlatformError>();
  const asked: string[] = [];
  /** What lists leave out, although it is there. */
  const unlisted = new Set<string>();
  let perPage = 2;

  const failure = (kind: PlatformError['kind'], status: number) =>
    new PlatformError({
      platform: platform.name,
      operation: 'products.get',
      kind,
      status,
      throttled: status === 429,
    });
  const product: ProductResource<BazaarStore, BazaarClient> = {
    async get(api, id) {
      await api.orderIds();
      asked.push(id);
      const failed = instead.get(id) ?? failures.shift();
      instead.delete(id);
      if (failed !== undefined) throw failed;
      const found = there.get(id);
      if (found === undefined) throw failure('not-found', 404);
      return found;
    },
    scans: () => [
      {
        name: 'products',
        resource: 'product',
        order: 2,
        everyMs: DAY_MS,
        lookbackMs: 365 * DAY_MS,
        firstMs: 365 * DAY_MS,
        keptMs: 365 * DAY_MS,
        longestSliceMs: 365 * DAY_MS,
        quietPeriodMs: 0,
        query: {},
        ...(undivided ? { undivided } : {}),
      },
    ],
    async *list(api, _scan, _range, _store, firstPage = 1) {
      const listed = [...there].filter(([id]) => !unlisted.has(id)).map(([, one]) => one);
      for (let at = (firstPage - 1) * perPage; at < Math.max(1, listed.length); at += perPage) {
        await api.orderIds();
        asked.push('list');
        const failed = failures.shift();
        if (failed !== undefined) throw failed;
        const items = listed.slice(at, at + perPage);
        yield undivided ? { items, page: at / perPage + 1 } : { items };
      }
    },
  };

  const put = (id: string, change: Partial<Product> = {}) => {
    const read: Product = {
      platform: platform.name,
      storeId,
      platformProductId: id,
      title: { es: id },
      status: 'active',
      variants: [{ platformVariantId: `${id}-1`, sku: `SKU-${id}` }],
      warnings: [],
      ...change,
    };
    there.set(id, { reading: { ok: true, said: read }, bytes: Buffer.from(JSON.stringify(read)) });
    return read;
  };
  onTestFinished(() => there.clear());
  return {
    resources: { ...platform.resources, product } as Platform['resources'],
    put,
    /** Something that cannot be understood. */
    putOdd: (id: string, bytes: string) =>
      void there.set(id, {
        reading: {
          ok: false,
          reason: 'schema-mismatch',
          problem: 'variants: invalid_type',
          id,
        },
        bytes: Buffer.from(bytes),
      }),
    remove: (id: string) => void there.delete(id),
    hide: (id: string) => void unlisted.add(id),
    throttleOnce: (id: string) => void instead.set(id, failure('retry-later', 429)),
    refuseOnce: (id: string, status: 401 | 403) => void instead.set(id, failure('auth-failed', status)),
    failNext: (kind: PlatformError['kind'], status: number) => void failures.push(failure(kind, status)),
    pagesOf: (count: number) => {
      perPage = count;
    },
    asked,
  };
}
export type BazaarCatalogue = ReturnType<typeof createBazaarCatalogue>;
