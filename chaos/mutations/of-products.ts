import { type Mutation, named, patch } from './mutation.ts';

const NEXT = 'functions/platforms/nuvemshop/product-write/next-step.ts';
const UNPLAYED = 'no world writes products';

/** Mistakes with products that the merchant's own system writes: each thing once, and nothing that is not asked for. */
export const PRODUCTS: readonly Mutation[] = [
  {
    name: 'product-made-unsearched',
    harm: 'a product is made beside the one that has its SKUs, or made again after an answer was lost',
    patches: [patch(NEXT, "if (known.product === undefined) return { need: 'search' };", '')],
    noticedBy: UNPLAYED,
    test: named(
      'outbound/commands/products',
      'is linked, and not made, where a product has its SKUs already',
    ),
  },
  {
    name: 'sku-of-two-products',
    harm: 'two products of the merchant’s system with one SKU are both made',
    patches: [
      patch(
        'functions/outbound/commands/product.ts',
        'if (remembered.skus === hash) return [];',
        'return [];',
      ),
    ],
    noticedBy: UNPLAYED,
    test: named(
      'outbound/commands/products',
      'is made once where two of the merchant’s system with one SKU come at once',
    ),
  },
  {
    name: 'image-added-unremembered',
    harm: 'an image whose answer was lost is added a second time',
    patches: [
      patch(
        'functions/platforms/nuvemshop/product-write/write.ts',
        'return { ...memory, adding: { image: call.image, before } };',
        'return before.length < 0 ? { ...memory, adding: { image: call.image, before } } : memory;',
      ),
    ],
    noticedBy: UNPLAYED,
    test: named('outbound/commands/product-crashes', 'gets each of them once'),
  },
  {
    name: 'variants-removed-unasked',
    harm: 'half a list deletes the variants that it does not name',
    patches: [
      patch(
        NEXT,
        'const gone = removeMissing\n',
        'const gone = removeMissing || shown.variants.length > 0\n',
      ),
    ],
    noticedBy: UNPLAYED,
    test: named('outbound/commands/product-changes', 'is not deleted unless its removal is asked for'),
  },
  {
    name: 'new-variant-without-number',
    harm: 'a new variant is sold without end until somebody says how many there are',
    patches: [
      patch(
        'functions/platforms/nuvemshop/product-write/bodies.ts',
        '? [{ stock: wanted.stock ?? 0 }]',
        '? [{ stock: wanted.stock ?? null }]',
      ),
    ],
    noticedBy: UNPLAYED,
    test: named(
      'outbound/commands/products',
      'is made with one call once nothing has its SKUs, and begins with nothing to sell',
    ),
  },
  {
    name: 'dry-run-writes',
    harm: 'whoever asks what would be done to a product has it done',
    patches: [
      patch(
        'functions/platforms/nuvemshop/product-write/assume.ts',
        "if (call.method === 'GET') return readOnce(call);",
        "if (call.method !== 'DELETE') return readOnce(call);",
      ),
    ],
    noticedBy: UNPLAYED,
    test: named('outbound/commands/product-plan', 'a new product with a category'),
  },
];
