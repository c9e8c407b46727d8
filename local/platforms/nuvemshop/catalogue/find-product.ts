import { notFound } from '../errors.ts';
import type { ApiCall } from '../platform.ts';
import { emit } from '../webhooks/events.ts';
import type { Product } from './catalogue.ts';

/** The product of a path. Throws 404. */
export function findProduct(call: ApiCall, id: string | undefined): Product {
  const product = call.store.products.get(Number(id));
  if (product === undefined) throw notFound('Product not found');
  return product;
}

/** Marks a product as changed and tells `product/updated`. */
export function changed(call: Pick<ApiCall, 'platform' | 'store' | 'now'>, product: Product): void {
  product.updatedAt = call.now;
  emit(call.platform, call.store, 'product/updated', { id: product.id });
}
