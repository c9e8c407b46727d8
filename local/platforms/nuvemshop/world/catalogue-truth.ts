import type { CatalogueTruth } from '../../simulator.ts';
import { changed } from '../catalogue/find-product.ts';
import type { Platform, Store } from '../platform.ts';

/** The products and customers of a shop, and what its merchant does to them in the admin. */
export function catalogueTruth(platform: Platform, store: Store): CatalogueTruth {
  const text = (texts: Readonly<Record<string, string>>) => texts[store.language] ?? '';
  const call = () => ({ platform, store, now: platform.clock.now() });
  return {
    products: () =>
      [...store.products.values()].map(({ id, name, description, variants, images, categoryIds }) => ({
        id: String(id),
        name: text(name),
        description: text(description),
        variants: variants.map(({ sku, priceCents }) => ({ sku, priceCents })),
        images: images.flatMap(({ alt }) => alt.slice(0, 1)),
        categories: categoryIds.map(String),
      })),
    categories: () =>
      [...store.categories.values()].map(({ id, name, parent }) => ({
        id: String(id),
        name: text(name),
        ...(parent === null ? {} : { parent: String(parent) }),
      })),
    customers: () =>
      [...store.customers.values()].map(({ id, name, email, note, invitations = 0 }) => ({
        id: String(id),
        name,
        email,
        note: note ?? '',
        invitations,
      })),
    change(productId, description) {
      const product = store.products.get(Number(productId));
      if (product === undefined) return;
      product.description = { [store.language]: description };
      changed(call(), product);
    },
    remove: (productId) => void store.products.delete(Number(productId)),
    isOf: (path) => /\/(products|categories|customers)(\/|$)/.test(path),
  };
}
