import { imageKey, type WantedProduct } from '../../../domain/product-input.ts';
import { forgotten, type ProductMemory } from '../../../domain/product-memory.ts';
import type { ShownProduct } from './shown.ts';

/** What a read of the product teaches: which images are those whose calls nobody knew the end of. */
export function learnt(
  wanted: WantedProduct,
  memory: ProductMemory,
  shown: ShownProduct | 'none',
): ProductMemory {
  if (shown === 'none') return memory.productId === undefined ? memory : forgotten(memory);
  const { lost: _, creating, adding, ...rest } = memory;
  const isNew = memory.productId === undefined;
  const images = {
    ...rest.images,
    ...(isNew && creating !== undefined ? bySendingOrder(creating.images, shown) : {}),
    ...(adding === undefined ? {} : added(adding, rest.images, shown)),
  };
  return { ...rest, productId: shown.id, images: { ...bySameName(wanted, images, shown), ...images } };
}

/** A product that a call of ours made has the images of that call, in their order. */
function bySendingOrder(keys: readonly string[], shown: ShownProduct): Record<string, string> {
  return Object.fromEntries(
    shown.images.slice(0, keys.length).flatMap(({ id }, index) => {
      const key = keys[index];
      return key === undefined ? [] : [[key, id]];
    }),
  );
}

/** An image that was not there before the call is that of the call. */
function added(
  { image, before }: NonNullable<ProductMemory['adding']>,
  images: ProductMemory['images'],
  shown: ShownProduct,
): Record<string, string> {
  const known = new Set([...before, ...Object.values(images)]);
  const found = shown.images.find(({ id }) => !known.has(id));
  return found === undefined ? {} : { [image]: found.id };
}

/** The platform keeps a file's name in the address that it hosts it under: what was there before us is not sent again. */
function bySameName(
  { product: { images = [] } }: WantedProduct,
  known: ProductMemory['images'],
  shown: ShownProduct,
): Record<string, string> {
  const taken = new Set(Object.values(known));
  const found: Record<string, string> = {};
  for (const image of images) {
    const key = imageKey(image);
    const stem = stemOf(image.filename ?? image.src ?? '');
    if (known[key] !== undefined || stem.length < SHORTEST_STEM) continue;
    const same = shown.images.find(({ id, src }) => !taken.has(id) && stemOf(src ?? '').startsWith(stem));
    if (same === undefined) continue;
    taken.add(same.id);
    found[key] = same.id;
  }
  return found;
}

/** Shorter names are those of many files: `1.jpg`. */
const SHORTEST_STEM = 6;

/** The file's name without folders, query and ending. */
function stemOf(address: string): string {
  const file = address.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return file.replace(/\.\w+$/, '').toLowerCase();
}
