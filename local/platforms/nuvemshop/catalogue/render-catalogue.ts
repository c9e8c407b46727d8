import { colonOffset, compactOffset, money } from '../formats.ts';
import type { Store, Version } from '../platform.ts';
import {
  type Category,
  type Location,
  type Product,
  type ProductImage,
  totalStock,
  type Variant,
} from './catalogue.ts';

/** A product as the API prints it (reference, product page). */
export function renderProduct(product: Product, store: Store, version: Version): object {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    handle: product.handle,
    attributes: product.attributes,
    published: product.published,
    visibility: product.visibility,
    free_shipping: product.freeShipping,
    requires_shipping: product.requiresShipping,
    canonical_url: `https://store-${store.id}.shop.example/products/${product.id}`,
    video_url: product.videoUrl,
    seo_title: product.seoTitle,
    seo_description: product.seoDescription,
    brand: product.brand,
    tags: product.tags,
    created_at: compactOffset(product.createdAt),
    updated_at: compactOffset(product.updatedAt),
    variants: product.variants.map(renderVariant),
    images: product.images.map(renderImage),
    categories: product.categoryIds.flatMap((id) => {
      const category = store.categories.get(id);
      return category === undefined ? [] : [renderCategory(category, store, version)];
    }),
  };
}

/** A variant as the API prints it. `price` of null means "ask"; `stock` of null is unlimited. */
export function renderVariant(variant: Variant): object {
  const stock = totalStock(variant);
  return {
    id: variant.id,
    image_id: variant.imageId,
    product_id: variant.productId,
    position: variant.position,
    price: price(variant.priceCents),
    compare_at_price: price(variant.priceCents),
    promotional_price: price(variant.promotionalCents),
    stock_management: stock !== null,
    stock,
    weight: variant.weight,
    width: variant.width,
    height: variant.height,
    depth: variant.depth,
    sku: variant.sku,
    values: variant.values,
    barcode: variant.barcode,
    mpn: variant.mpn,
    age_group: variant.ageGroup,
    gender: variant.gender,
    cost: price(variant.costCents),
    inventory_levels: variant.levels.map((level) => ({
      id: level.id,
      variant_id: variant.id,
      location_id: level.locationId,
      stock: level.stock,
    })),
    created_at: compactOffset(variant.createdAt),
    updated_at: compactOffset(variant.updatedAt),
  };
}

/** An image of a product. */
export function renderImage(image: ProductImage): object {
  return {
    id: image.id,
    product_id: image.productId,
    src: image.src,
    position: image.position,
    alt: image.alt,
    created_at: compactOffset(image.createdAt),
    updated_at: compactOffset(image.updatedAt),
  };
}

/** A category; `v1` prints a missing parent as 0. */
export function renderCategory(category: Category, store: Store, version: Version): object {
  const children = [...store.categories.values()].filter((other) => other.parent === category.id);
  return {
    id: category.id,
    name: category.name,
    description: category.description,
    handle: category.handle,
    parent: category.parent ?? (version === 'v1' ? 0 : null),
    subcategories: children.map((child) => child.id),
    google_shopping_category: category.googleShoppingCategory,
    seo_title: category.seoTitle,
    seo_description: category.seoDescription,
    visibility: category.visibility,
    created_at: compactOffset(category.createdAt),
    updated_at: compactOffset(category.updatedAt),
  };
}

/** A location; ids are strings here, `store_id` too. */
export function renderLocation(location: Location, store: Store): object {
  return {
    id: location.id,
    name: location.name,
    store_id: String(store.id),
    priority: location.priority,
    address: { ...location.address, verified_at: null },
    is_default: location.isDefault,
    created_at: colonOffset(location.createdAt),
    updated_at: colonOffset(location.updatedAt),
  };
}

function price(cents: number | null): string | null {
  return cents === null ? null : money(cents);
}
