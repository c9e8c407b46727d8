import { type ErpVariant, groupHashes, imageKey, type WantedProduct } from '../../../domain/product-input.ts';
import type { ProductMemory } from '../../../domain/product-memory.ts';
import type { ProductTarget } from '../../product-write.ts';
import { ensureCategories } from '../categories.ts';
import { createRequests, failed } from '../client/requests.ts';
import { readStore } from '../client/store.ts';
import type { NuvemshopClient } from '../client.ts';
import { creationOf, imageOf, newVariant, updateOf, variantReachedAs, variantUpdateOf } from './bodies.ts';
import { categoryIdsOf, choicesOf, fieldsHash, reachedAs } from './next-step.ts';
import { readShown, type ShownProduct } from './shown.ts';
import type { Known, ProductCall } from './step.ts';
import { pricesHash, variantHash } from './variants-step.ts';

/** What came of a call: what is remembered, and what is known of the platform without reading it again. */
export interface Made {
  readonly memory: ProductMemory;
  readonly known: Known;
}

interface Before extends Made, Pick<ProductTarget, 'wanted' | 'making'> {}

/** Makes one call, and says what is remembered of it. @throws PlatformError */
export async function make(api: NuvemshopClient, call: ProductCall, before: Before): Promise<Made> {
  const { wanted, memory, known } = before;
  const shown = typeof known.product === 'object' ? known.product : undefined;
  switch (call.kind) {
    case 'categories':
      return { memory: await withCategories(api, before), known };
    case 'create':
      return created(api, call, before);
    case 'update': {
      const body = updateOf(wanted, call.groups, categoryIdsOf(wanted, memory) ?? [], memory);
      const product = readShown('products.update', await api.products.update(call.productId, body));
      const hashes = groupHashes(wanted);
      const reached = Object.fromEntries(
        call.groups.map((group) => [group, reachedAs(group, hashes[group], memory)]),
      );
      return { memory: reachedAlso(memory, reached), known: { ...known, product } };
    }
    case 'add-variant': {
      const one = variantNamed(wanted, call.sku);
      const added = await api.variants.create(call.productId, newVariant(one, wanted));
      const variants = [
        ...(shown?.variants ?? []),
        ...readShown('variants.create', { id: call.productId, variants: [added] }).variants,
      ];
      const { [`fields/${call.sku}`]: _, fields: __, ...reached } = memory.reached;
      return {
        memory: reachedAlso({ ...memory, reached }, reachedOf([one], before)),
        known: withShown(known, shown, { variants }),
      };
    }
    case 'change-variants': {
      const changed = call.variants.map((said) => ({ ...said, one: variantNamed(wanted, said.sku) }));
      const patches = changed.map(({ id, sku, one, parts }) => ({
        id,
        sku,
        ...variantUpdateOf(one, parts, memory),
      }));
      const [first, ...others] = patches;
      if (first !== undefined && others.length === 0) {
        const { id, ...body } = first;
        await api.variants.update(call.productId, id, body);
      } else await api.variants.updateMany(call.productId, patches);
      return {
        memory: reachedAlso(
          memory,
          reachedOf(
            changed.map(({ one }) => one),
            before,
          ),
        ),
        known,
      };
    }
    case 'delete-variant':
      await deleted(api, api.variants.delete(call.productId, call.id));
      return {
        memory,
        known: withShown(known, shown, {
          variants: (shown?.variants ?? []).filter(({ id }) => id !== call.id),
        }),
      };
    case 'add-image': {
      const {
        product: { images = [] },
      } = wanted;
      const index = images.findIndex((one) => imageKey(one) === call.image);
      const image = images[index];
      if (image === undefined) return { memory, known };
      const { id, src } = await api.images.add(call.productId, imageOf(image, index + 1));
      const { adding: _, ...rest } = memory;
      return {
        memory: { ...rest, images: { ...rest.images, [call.image]: id } },
        known: withShown(known, shown, { images: [...(shown?.images ?? []), { id, src }] }),
      };
    }
    case 'delete-image':
      await deleted(api, api.images.delete(call.productId, call.id));
      return {
        memory: {
          ...memory,
          images: Object.fromEntries(Object.entries(memory.images).filter(([, id]) => id !== call.id)),
        },
        known: withShown(known, shown, { images: (shown?.images ?? []).filter(({ id }) => id !== call.id) }),
      };
    case 'define-field': {
      const field = wanted.product.variants
        .flatMap(({ customFields = [] }) => customFields)
        .find(({ name }) => name === call.name);
      const type = field?.type ?? 'text';
      const made = await api.customFields.create({
        name: call.name,
        value_type: type,
        ...(type === 'text_list' ? { values: choicesOf(wanted, call.name) } : {}),
      });
      return { memory, known: { ...known, definitions: [...(known.definitions ?? []), made] } };
    }
    case 'extend-field': {
      const changed = await api.customFields.update(call.id, { values: [...call.values] });
      const definitions = (known.definitions ?? []).map((one) => (one.id === call.id ? changed : one));
      return { memory, known: { ...known, definitions } };
    }
    case 'set-fields': {
      await api.customFields.setValues(call.variantId, [...call.values]);
      const reached = { [`fields/${call.sku}`]: fieldsHash(variantNamed(wanted, call.sku), memory) };
      return { memory: reachedAlso(memory, reached), known };
    }
  }
}

/** What was not there to delete is gone, where the store itself is found. */
async function deleted(api: NuvemshopClient, wasThere: Promise<boolean>): Promise<void> {
  if (!(await wasThere)) await readStore(createRequests(api.through));
}

async function created(
  api: NuvemshopClient,
  { groups, images }: Extract<ProductCall, { kind: 'create' }>,
  { wanted, memory, known }: Before,
): Promise<Made> {
  const { images: all = [] } = wanted.product;
  const sent = images.flatMap((key) => {
    const position = all.findIndex((one) => imageKey(one) === key);
    const image = all[position];
    return image === undefined ? [] : [{ key, image, position: position + 1 }];
  });
  const categoryIds = categoryIdsOf(wanted, memory) ?? [];
  const body = creationOf(wanted, { groups, categoryIds, images: sent, memory });
  const product = readShown('products.create', await api.products.create(body));
  const hashes = groupHashes(wanted);
  const { creating: _, ...rest } = memory;
  const ids = sent.map(({ key }, index) => [key, product.images[index]?.id] as const);
  return {
    memory: reachedAlso(
      {
        ...rest,
        productId: product.id,
        images: Object.fromEntries(ids.filter((one): one is [string, string] => one[1] !== undefined)),
      },
      {
        ...Object.fromEntries(groups.map((group) => [group, reachedAs(group, hashes[group], memory)])),
        variants: hashes.variants,
        prices: hashes.prices,
        ...(sent.length === new Set(all.map(imageKey)).size ? { images: hashes.images } : {}),
        ...reachedOf(wanted.product.variants, { wanted, memory }),
      },
    ),
    known: { ...known, product },
  };
}

function variantNamed({ product: { variants } }: WantedProduct, sku: string): ErpVariant {
  const found = variants.find((one) => one.sku === sku);
  if (found === undefined) throw new RangeError('the variant of a step is not wanted');
  return found;
}

/** Of prices that others tell nothing is remembered: they are looked at once they are to go with the product. */
const reachedOf = (
  variants: readonly ErpVariant[],
  { wanted: { pricesElsewhere }, memory }: Pick<Before, 'wanted' | 'memory'>,
): Record<string, string> =>
  Object.fromEntries(
    variants.flatMap((one) => [
      [`variant/${one.sku}`, variantReachedAs(one.sku, variantHash(one), memory)],
      ...(pricesElsewhere
        ? []
        : [[`prices/${one.sku}`, variantReachedAs(one.sku, pricesHash(one), memory)] as const]),
    ]),
  );

function reachedAlso(
  memory: ProductMemory,
  more: Readonly<Record<string, string | undefined>>,
): ProductMemory {
  const said = Object.entries(more).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...memory, reached: { ...memory.reached, ...Object.fromEntries(said) } };
}

const withShown = (
  known: Known,
  shown: ShownProduct | undefined,
  changes: Partial<Pick<ShownProduct, 'variants' | 'images'>>,
): Known => (shown === undefined ? known : { ...known, product: { ...shown, ...changes } });

/** Has the wanted categories found or made; one that is refused keeps no other out. */
async function withCategories(
  { categories: { list, create } }: NuvemshopClient,
  { wanted, memory, making }: Before,
): Promise<ProductMemory> {
  const { categories = [] } = wanted.product;
  const ensured = await ensureCategories({ ...making, api: { list, create } }, categories);
  if (ensured.outcome === 'wait')
    throw failed({
      operation: 'categories.create',
      kind: 'retry-later',
      throttled: true,
      retryAfterMs: ensured.retryAfterMs,
      detail: 'Other categories of the store are being made.',
    });
  const refused = ensured.refused.map(({ at, reason, platformSays }) => [
    `category/${at}`,
    [{ pointer: `/categories/${at}`, code: 'platform-refused', detail: platformSays ?? reason }],
  ]);
  const { run = { n: 0, refused: {} } } = memory;
  return {
    ...memory,
    categories: {
      hash: groupHashes(wanted).categories ?? '',
      ids: [...ensured.ids],
      ...(refused.length === 0 ? {} : { partly: true as const }),
    },
    run: { ...run, refused: { ...run.refused, ...Object.fromEntries(refused) } },
  };
}
