import type { ProductGroup } from '../../../domain/erp-product.ts';
import {
  type ErpVariant,
  groupHashes,
  imageKey,
  shortHash,
  type WantedProduct,
} from '../../../domain/product-input.ts';
import type { ProductMemory } from '../../../domain/product-memory.ts';
import { MOST_INLINE_IMAGES, updateOf } from './bodies.ts';
import { isShown, matchVariants, type ShownProduct } from './shown.ts';
import { type Known, PRODUCT_PARTS, type ProductPart, type Step } from './step.ts';
import { variantsStep } from './variants-step.ts';
import { call, isOpen, isRefused, type PartOfWork, settled, type Work, withReached } from './work.ts';

/** What is done, and what was found done on the way. */
export interface Next {
  readonly memory: ProductMemory;
  readonly step: Step;
}

/**
 * The next call for a product, from what is wanted, what is remembered and what was read. It reads and writes nothing, and
 * asks for what it has to know.
 */
export function nextStep(wanted: WantedProduct, memory: ProductMemory, known: Known): Next {
  const work: Work = { wanted, hashes: groupHashes(wanted), memory, known };
  if (memory.productId === undefined) return { memory, step: creating(work) };
  if (known.product === undefined && (memory.adding !== undefined || memory.lost === true))
    return { memory, step: { need: 'product' } };
  return changing(work, memory.productId);
}

/** What was refused of some part: the others of its group go on. */
const refusedOf = ({ run }: ProductMemory, prefix: string): string[] =>
  Object.keys(run?.refused ?? {}).filter((part) => part.startsWith(prefix));
const isPartly = (memory: ProductMemory): boolean => refusedOf(memory, 'category/').length > 0;
const refusedFields = (memory: ProductMemory, group: ProductGroup): string[] =>
  refusedOf(memory, `${group}/`);

/** What is remembered of a group once it was brought about. Where some of its parts were refused that is not all. */
export const reachedAs = (
  group: ProductPart,
  hash: string | undefined,
  memory: ProductMemory,
): string | undefined =>
  (group === 'categories' && isPartly(memory)) || refusedFields(memory, group).length > 0 ? `${hash}~` : hash;

/** The ids of the wanted categories; undefined while one of them is not known. */
export function categoryIdsOf(wanted: WantedProduct, memory: ProductMemory): readonly string[] | undefined {
  const ids = (wanted.product.categories ?? []).map((one) => ('id' in one ? one.id : undefined));
  if (!ids.includes(undefined)) return ids.filter((id) => id !== undefined);
  const { categories: known } = memory;
  if (known?.hash !== groupHashes(wanted).categories) return undefined;
  // What was refused before this command is tried again.
  return known?.partly === true && !isPartly(memory) ? undefined : known?.ids;
}

function creating(work: Work): Step {
  const { known, memory, wanted, hashes } = work;
  if (known.product === undefined) return { need: 'search' };
  const groups = PRODUCT_PARTS.filter((group) => hashes[group] !== undefined && !isRefused(memory, group));
  if (groups.includes('categories') && categoryIdsOf(wanted, memory) === undefined)
    return call({ kind: 'categories' }, hashes.categories);
  if (isRefused(memory, 'create') || isRefused(memory, 'texts')) return { done: true };
  const images = wantedImages(work)
    .map(({ key }) => key)
    .slice(0, MOST_INLINE_IMAGES);
  const left = groups.flatMap((group) => refusedFields(memory, group));
  return call({ kind: 'create', groups, images }, { hashes, groups, images, ...leftOut(left) });
}

/** A call without them is another one. */
const leftOut = (left: readonly string[]) => (left.length === 0 ? {} : { left });

function changing(work: Work, productId: string): Next {
  const { wanted, known } = work;
  const shown = typeof known.product === 'object' ? known.product : undefined;
  // What is shown already is not sent.
  const found = shown === undefined ? work.memory : withShownGroups(work, shown);
  const now: Work = { ...work, memory: found };
  const parts = PRODUCT_PARTS.filter((group) => isPartOpen(now, group));
  if (parts.includes('categories') && categoryIdsOf(wanted, found) === undefined)
    return { memory: found, step: call({ kind: 'categories' }, now.hashes.categories) };
  if (parts.length > 0) {
    const left = parts.flatMap((group) => refusedFields(found, group));
    const about = { productId, parts: parts.map((group) => now.hashes[group]), ...leftOut(left) };
    return { memory: found, step: call({ kind: 'update', productId, groups: parts }, about) };
  }
  let memory = found;
  for (const part of [variantsStep, imagesStep, fieldsStep]) {
    const next = part({ ...work, memory }, productId, shown);
    if ('step' in next) return { memory, step: next.step };
    memory = next.memory;
  }
  return { memory, step: { done: true } };
}

/** The same of a group of the product itself, of which something is left that was not refused. */
const isPartOpen = (work: Work, group: ProductPart): boolean => {
  const { wanted, hashes, memory } = work;
  if (!isOpen(work, group) || reachedAs(group, hashes[group], memory) === memory.reached[group]) return false;
  return Object.keys(updateOf(wanted, [group], [], memory)).length > 0;
};

function withShownGroups(work: Work, shown: ShownProduct): ProductMemory {
  const { wanted, hashes } = work;
  const ids = categoryIdsOf(wanted, work.memory);
  const groups = PRODUCT_PARTS.filter(
    (group) =>
      isPartOpen(work, group) &&
      (group === 'categories'
        ? ids !== undefined && sameIds(shown.categories, ids)
        : isShown[group](shown, wanted)),
  );
  return withReached(
    work.memory,
    Object.fromEntries(groups.map((group) => [group, reachedAs(group, hashes[group], work.memory)])),
  );
}

const sameIds = (shown: readonly { id: string }[], wanted: readonly string[]): boolean =>
  shown
    .map(({ id }) => id)
    .sort()
    .join() === [...new Set(wanted)].sort().join();

/** The wanted images, each once, in their order. */
function wantedImages({ wanted: { product } }: Work) {
  const byKey = new Map<string, number>();
  for (const [index, image] of (product.images ?? []).entries())
    if (!byKey.has(imageKey(image))) byKey.set(imageKey(image), index);
  return [...byKey].map(([key, index]) => ({ key, index }));
}

const imagesStep: PartOfWork = (work, productId, shown) => {
  const { memory, wanted } = work;
  if (!isOpen(work, 'images')) return { memory };
  if (shown === undefined) return { step: { need: 'product' } };
  const there = new Set(shown.images.map(({ id }) => id));
  const all = wantedImages(work);
  const images = all.filter(({ key }) => !isRefused(memory, `image/${key}`));
  const missing = images.find(({ key }) => !there.has(memory.images[key] ?? ''));
  if (missing !== undefined)
    return {
      step: call(
        { kind: 'add-image', productId, image: missing.key },
        { productId, ...missing, there: [...there] },
      ),
    };
  const kept = new Set(images.map(({ key }) => memory.images[key]));
  // What should have replaced an image may be what was refused: without either, a buyer would see none.
  const mayGo = wanted.product.removeMissing && images.length === all.length;
  const gone = mayGo
    ? shown.images.find(({ id }) => !kept.has(id) && !isRefused(memory, `image-deletion/${id}`))
    : undefined;
  if (gone !== undefined)
    return { step: call({ kind: 'delete-image', productId, id: gone.id }, { productId, id: gone.id }) };
  return { memory: settled(work, ['image/', 'image-deletion/'], ['images']) };
};

/** What a variant's custom fields are to say, hashed. Where one of them could not be defined that is not all. */
export const fieldsHash = ({ customFields = [] }: ErpVariant, memory: ProductMemory): string =>
  `${shortHash(customFields)}${customFields.some(({ name }) => isRefused(memory, `definition/${name}`)) ? '~' : ''}`;

const fieldsStep: PartOfWork = (work, _, shown) => {
  const { memory, wanted, known } = work;
  if (!isOpen(work, 'fields')) return { memory };
  if (shown === undefined) return { step: { need: 'product' } };
  const matched = matchVariants(wanted.product.variants, shown.variants);
  for (const one of wanted.product.variants) {
    const { sku, customFields = [] } = one;
    const there = matched.get(sku);
    const fields = customFields.filter(({ name }) => !isRefused(memory, `definition/${name}`));
    if (there === undefined || fields.length === 0 || isRefused(memory, `fields/${sku}`)) continue;
    if (memory.reached[`fields/${sku}`] === fieldsHash(one, memory)) continue;
    if (known.definitions === undefined) return { step: { need: 'definitions' } };
    const values: { id: string; value: string | null }[] = [];
    for (const { name, type, value } of fields) {
      const definition = known.definitions.find((field) => field.name === name);
      if (definition === undefined && value === null) continue;
      if (definition === undefined) return { step: call({ kind: 'define-field', name }, { name }) };
      const choices = definition.values ?? [];
      if (type === 'text_list' && value !== null && !choices.includes(value)) {
        const extended = [
          ...choices,
          ...choicesOf(wanted, name).filter((choice) => !choices.includes(choice)),
        ];
        return {
          step: call({ kind: 'extend-field', name, id: definition.id, values: extended }, { name, extended }),
        };
      }
      values.push({ id: definition.id, value });
    }
    if (values.length > 0) {
      const about = { sku, variantId: there.id, values };
      return { step: call({ kind: 'set-fields', ...about }, about) };
    }
  }
  return { memory: settled(work, ['fields/', 'definition/'], ['fields']) };
};

/** The values that the product's variants choose from in a field. */
export const choicesOf = ({ product: { variants } }: WantedProduct, name: string): string[] => [
  ...new Set(
    variants.flatMap(({ customFields = [] }) =>
      customFields.flatMap((field) => (field.name === name && field.value !== null ? [field.value] : [])),
    ),
  ),
];
