import * as z from 'zod';
import type { Clock } from '../../../runtime/clock.ts';
import { collect } from './paging.ts';
import { checked } from './read.ts';
import type { Requests } from './requests.ts';
import { path } from './url.ts';
import {
  type Variant,
  type VariantBody,
  type VariantPatch,
  variant,
  variantBody,
  variantPatch,
} from './variant-fields.ts';
import { createIdempotently, type PreviousAttempt } from './write-once.ts';

const MAX_VARIANTS = 1000;

/** Variants of a product (Nuvemshop reference, product variant page). A product without options has one, hidden. */
export function createVariants(requests: Requests, clock: Clock) {
  const list = (productId: string) =>
    requests.list(variant, 'variants.list', path`/products/${productId}/variants`);
  return {
    list,
    get: (productId: string, id: string) =>
      requests.get(variant, 'variants.get', path`/products/${productId}/variants/${id}`),
    /** Adds a variant. A repeat finds it by its values, which no two variants of a product share. */
    async create(productId: string, body: VariantBody, repeat?: PreviousAttempt): Promise<Variant> {
      const operation = 'variants.create';
      const sent = checked(variantBody, operation, body);
      const below = path`/products/${productId}/variants`;
      return createIdempotently({
        clock,
        repeat,
        findExisting: async () =>
          (await collect(operation, list(productId))).find((found) => hasValues(found, sent.values ?? [])),
        write: () => requests.post(variant, operation, below, sent),
      });
    },
    /** Changes the fields that are sent, and only those. */
    async update(productId: string, id: string, body: VariantBody): Promise<Variant> {
      const sent = checked(variantBody, 'variants.update', body);
      return requests.put(variant, 'variants.update', path`/products/${productId}/variants/${id}`, sent);
    },
    /** Changes several variants by their ids, and leaves the others alone. */
    async updateMany(productId: string, bodies: readonly VariantPatch[]): Promise<Variant[]> {
      const operation = 'variants.updateMany';
      const sent = checked(z.array(variantPatch).min(1).max(MAX_VARIANTS), operation, bodies);
      return requests.put(z.array(variant), operation, path`/products/${productId}/variants`, sent, 'PATCH');
    },
    /** Makes these the variants of the product: those whose values are not among them are DELETED. */
    async replaceAll(productId: string, bodies: readonly VariantBody[]): Promise<Variant[]> {
      const operation = 'variants.replaceAll';
      const sent = checked(z.array(variantBody).min(1).max(MAX_VARIANTS), operation, bodies);
      return requests.put(z.array(variant), operation, path`/products/${productId}/variants`, sent);
    },
    delete: (productId: string, id: string) =>
      requests.remove('variants.delete', path`/products/${productId}/variants/${id}`),
  };
}

// What we sent as one text for all languages comes back by language.
function hasValues(found: Variant, wanted: readonly (string | Record<string, string | null>)[]): boolean {
  const there = found.values ?? [];
  return there.length === wanted.length && wanted.every((value, index) => contains(there[index], value));
}

function contains(there: unknown, wanted: string | Record<string, string | null>): boolean {
  if (typeof there !== 'object' || there === null) return there === wanted;
  const texts = Object.entries(there);
  return typeof wanted === 'string'
    ? texts.some(([, text]) => text === wanted)
    : Object.entries(wanted).every(([language, text]) =>
        texts.some(([key, own]) => key === language && own === text),
      );
}
