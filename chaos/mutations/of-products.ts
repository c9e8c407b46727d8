import { type Mutation, named, patch } from './mutation.ts';

const NEXT = 'functions/platforms/nuvemshop/product-write/next-step.ts';
const VARIANTS = 'functions/platforms/nuvemshop/product-write/variants-step.ts';
const CUSTOMER = 'functions/platforms/nuvemshop/customer-write.ts';
const UNPLAYED = 'no world asks for it';

/** Mistakes with products and customers that the merchant's own system writes: each thing once, and nothing that is not asked for. */
export const PRODUCTS: readonly Mutation[] = [
  {
    name: 'product-made-unsearched',
    harm: 'a product is made beside the one that has its SKUs, or made again after an answer was lost',
    patches: [patch(NEXT, "if (known.product === undefined) return { need: 'search' };", '')],
    noticedBy: ['put-twice', 'sku-of-two'],
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
        "return { ...without(memory, ['images']), adding: { image: call.image, before } };",
        'return before.length < 0 ? { ...memory, adding: { image: call.image, before } } : memory;',
      ),
    ],
    noticedBy: ['put-twice'],
    test: named('outbound/commands/product-crashes', 'gets each of them once'),
  },
  {
    name: 'variants-removed-unasked',
    harm: 'half a list deletes the variants that it does not name',
    patches: [
      patch(
        VARIANTS,
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
  {
    name: 'hash-outlives-its-call',
    harm: 'an earlier price that is wanted again counts as there, although a call whose answer was lost changed it',
    patches: [
      patch(
        'functions/platforms/nuvemshop/product-write/write.ts',
        'filter(([part]) => !parts.includes(part))',
        "filter(([part]) => part !== '' || parts.length < 0)",
      ),
    ],
    noticedBy: ['put-missing'],
    test: named(
      'outbound/commands/product-crashes',
      'of a price ends with the earlier price where that is wanted again',
    ),
  },
  {
    name: 'dropped-sku-kept',
    harm: 'a SKU that a refused product is not to have is kept from every other product',
    patches: [
      patch(
        'functions/outbound/commands/product.ts',
        "state === 'there' ||\n  (state === 'partly' &&",
        "state === 'there' ||\n  (state === 'there' &&",
      ),
    ],
    noticedBy: 'no SKU goes from one product to another in these worlds',
    test: named(
      'outbound/commands/product-skus',
      'may be another product’s while something else of the product is refused',
    ),
  },
  {
    name: 'removed-while-store-unfound',
    harm: 'a wrong version of the API removes every product that is asked for',
    patches: [
      patch(
        'functions/platforms/nuvemshop/client/whole-reads.ts',
        'await readStore(createRequests(call));',
        'await Promise.resolve(call);',
      ),
    ],
    noticedBy: 'the version of the API stays in these worlds',
    test: named(
      'platforms/nuvemshop/client/whole-reads',
      'may still exist where the store itself is not found, as with a wrong version (observed)',
    ),
  },
  {
    name: 'same-product-written-again',
    harm: 'a product that is sent again as it is becomes another command each time',
    patches: [
      patch(
        'functions/outbound/commands/accept-product.ts',
        "if (isReached && underWay.length === 0 && !isOutdated && !isGone) return { outcome: 'unchanged' };",
        '',
      ),
    ],
    noticedBy: ['put-again'],
    test: named('outbound/commands/products', 'that is sent again as it is costs no call and no command'),
  },
  {
    name: 'categories-made-side-by-side',
    harm: 'two products that want one new category at once make two of it',
    patches: [
      patch(
        'functions/platforms/nuvemshop/categories.ts',
        'if (!(await lease.acquire(owner, leaseMs))) return BUSY;',
        'await lease.acquire(owner, leaseMs);',
      ),
      patch(
        'functions/platforms/nuvemshop/categories.ts',
        'if (!(await made.begin(place, leaseUntil))) return BUSY;',
        'await made.begin(place, leaseUntil);',
      ),
    ],
    noticedBy: 'no two products met so closely in the worlds that were tried',
    test: named('platforms/nuvemshop/categories', 'when many products want it at once'),
  },
  {
    name: 'customer-made-unsearched',
    harm: 'a customer is made without looking for it, and refused as the second one of its address',
    patches: [
      patch(
        CUSTOMER,
        'const found = await withScope(SCOPE, () => find(customers, linkedId, input));',
        'const found = linkedId === input.email ? await find(customers, linkedId, input) : undefined;',
      ),
    ],
    noticedBy: ['put-refused', 'put-missing', 'put-twice'],
    test: named(
      'platforms/nuvemshop/customer-write.sim',
      'is the one with its e-mail address, whatever the case',
    ),
  },
  {
    name: 'customer-invited-unasked',
    harm: 'whoever is written to the platform gets a mail that nobody asked for',
    patches: [patch(CUSTOMER, 'send_email_invite: invite,', 'send_email_invite: invite || true,')],
    noticedBy: ['invited-unasked'],
    test: named('platforms/nuvemshop/customer-write.sim', 'gets no invitation unless it is asked for'),
  },
  {
    name: 'change-taken-for-invitation',
    harm: 'a person is asked about a change of a customer that would harm nobody twice, and what is wanted later waits for that',
    patches: [patch(CUSTOMER, 'harmless: true,', '')],
    noticedBy:
      'the call of a change of an invited customer has to be lost: world 20586 of two thousand notices it',
    test: named(
      'platforms/nuvemshop/customer-write.sim',
      'a change harms nobody when it is made twice, also of whom somebody wants invited',
    ),
  },
  {
    name: 'invitation-overtaken-in-doubt',
    harm: 'a customer is made anew while nobody knows whether an earlier call invited the person',
    patches: [patch('functions/domain/command.ts', '([\n  CUSTOMER_COMMAND,\n', '([\n')],
    noticedBy:
      'a doubt and a later wish have to meet before a person decides: world 20737 of two thousand notices it',
    test: named('outbound/commands/progress', 'wait, as %s does, behind one that is in doubt'),
  },
];
