import { type ErpVariant, shortHash } from '../../../domain/product-input.ts';
import { variantReachedAs, variantUpdateOf } from './bodies.ts';
import { isSameChoice, matchVariants, pricesAreShown, type ShownVariant, variantIsShown } from './shown.ts';
import { call, isOpen, isRefused, type PartOfWork, settled, type Work } from './work.ts';

/** Variants of one call; the platform's limit of variant writes is not published, and many would exceed it. */
const MOST_CHANGED = 50;

/** What is sent of a variant, hashed: by what was wanted of each, one change is one variant's. */
export const variantHash = ({ sku, values, barcode, weight, width, height, depth }: ErpVariant): string =>
  shortHash({ sku, values, barcode, weight, width, height, depth });
export const pricesHash = ({ price, promotionalPrice, cost }: ErpVariant): string =>
  shortHash({ price, promotionalPrice, cost });

/**
 * No two variants of a product may be the same choice, so what is added or changed waits until no other variant is what it is to
 * become: one that is to be another choice is changed first, and one that nobody wants any more is deleted first.
 */
export const variantsStep: PartOfWork = (work, productId, shown) => {
  const { wanted, memory } = work;
  if (!isOpen(work, 'variants') && !isOpen(work, 'prices')) return { memory };
  if (shown === undefined) return { step: { need: 'product' } };
  const { variants, removeMissing } = wanted.product;
  const matched = matchVariants(variants, shown.variants);
  const add = (missing: ErpVariant) => ({
    step: call({ kind: 'add-variant', productId, sku: missing.sku }, { productId, missing }),
  });
  const remove = ({ id }: ShownVariant) => ({
    step: call({ kind: 'delete-variant', productId, id }, { productId, id }),
  });
  const missing = variants.filter(({ sku }) => !matched.has(sku) && !isRefused(memory, `variant/${sku}`));
  const free = missing.find((one) => !shown.variants.some((there) => isSameChoice(there, one)));
  if (free !== undefined) return add(free);
  const changed = changedVariants(work, matched);
  const kept = new Set([...matched.values()].map(({ id }) => id));
  const gone = removeMissing
    ? shown.variants.filter(({ id }) => !kept.has(id) && !isRefused(memory, `variant-deletion/${id}`))
    : [];
  const inTheWay = gone.find((there) => changed.some(({ one }) => isSameChoice(there, one)));
  if (inTheWay !== undefined) return remove(inTheWay);
  if (changed.length > 0) {
    const { alone, most = MOST_CHANGED } = memory.run ?? {};
    const now = changed.slice(0, alone === true ? 1 : Math.min(most, MOST_CHANGED));
    const called = now.map(({ one: { sku }, id, parts }) => ({ sku, id, parts }));
    // A call without what was refused is another one.
    const bodies = now.map(({ one, parts }) => variantUpdateOf(one, parts, memory));
    return {
      step: call({ kind: 'change-variants', productId, variants: called }, { productId, now, bodies }),
    };
  }
  // Where its choice stays another variant's, the platform says so.
  const [blocked] = missing;
  if (blocked !== undefined) return add(blocked);
  const [last] = gone;
  if (last !== undefined) return remove(last);
  return {
    memory: settled(work, ['variant/', 'variant-field/', 'variant-deletion/'], ['variants', 'prices']),
  };
};

/** The variants that are not as they are wanted, and which of their groups. */
function changedVariants(work: Work, matched: ReadonlyMap<string, ShownVariant>) {
  const { wanted, memory } = work;
  return wanted.product.variants.flatMap((one) => {
    const there = matched.get(one.sku);
    if (there === undefined || isRefused(memory, `variant/${one.sku}`)) return [];
    const hashed = (hash: string) => variantReachedAs(one.sku, hash, memory);
    const isRight =
      !isOpen(work, 'variants') ||
      memory.reached[`variant/${one.sku}`] === hashed(variantHash(one)) ||
      variantIsShown(there, one);
    const arePricesRight =
      !isOpen(work, 'prices') ||
      memory.reached[`prices/${one.sku}`] === hashed(pricesHash(one)) ||
      pricesAreShown(there, one);
    const parts = [...(isRight ? [] : ['variant' as const]), ...(arePricesRight ? [] : ['prices' as const])];
    const isLeft = Object.keys(variantUpdateOf(one, parts, memory)).length > 0;
    return isLeft ? [{ one, id: there.id, parts }] : [];
  });
}
