import type { WantedProduct } from '../../../domain/product-input.ts';
import { type ProductMemory, problemsIn } from '../../../domain/product-memory.ts';
import { isOwnLimit, PlatformError } from '../../../http/errors.ts';
import { noSlot } from '../../admission.ts';
import type { NoCommand } from '../../commands.ts';
import type { ProductLook, ProductNotes, ProductTarget, ProductWrite } from '../../product-write.ts';
import { ifThere } from '../client/if-there.ts';
import { createRequests } from '../client/requests.ts';
import { readStore } from '../client/store.ts';
import { withScope } from '../client/with-scope.ts';
import type { NuvemshopClient } from '../client.ts';
import { assumingClient } from './assume.ts';
import { make } from './calls.ts';
import { learnt } from './learn.ts';
import { nextStep } from './next-step.ts';
import { refusedBy } from './problems.ts';
import { readShown, type ShownProduct } from './shown.ts';
import type { Known, ProductCall } from './step.ts';

/**
 * By so many of its SKUs a product is looked for again that is not there by any, as one of ours whose call may have made it:
 * that has all of them.
 */
const AGAIN_BY = 3;
/** SKUs that a run looks for: the commands of orders wait for its end. */
const LOOKED_FOR_AT_ONCE = 40;

const SCOPE = { scope: 'write_products', otherwise: ', then send the product again' };

const KNOWN = 'known';
const knownIn = (notes: ProductNotes): Known => (notes.get(KNOWN) as Known | undefined) ?? {};

/** Products out (Nuvemshop reference, product, product variant, product image and custom fields pages). */
export const productWrite: ProductWrite<NuvemshopClient, ProductCall> = {
  look: (api, target, notes) => withScope(SCOPE, () => look(api, target, notes)),
  run: (api, target, call, notes) => withScope(SCOPE, () => run(api, target, call, notes)),
  assuming: assumingClient,
};

/** Of a store whose configuration wants no products. */
export const NO_CATALOGUE: NoCommand = {
  refused:
    'The configuration of the store does not want products. Set "catalogue": true, give the app the scope write_products, and deploy.',
};

async function look(
  api: NuvemshopClient,
  target: ProductTarget,
  notes: ProductNotes,
): Promise<ProductLook<ProductCall>> {
  const { wanted, memory: before, isUnsure } = target;
  let memory = isUnsure && before.productId !== undefined ? { ...before, lost: true as const } : before;
  // What was read before a call of which nobody knows how it ended is not what there is now.
  let known: Known = isUnsure ? {} : knownIn(notes);
  for (;;) {
    const next = nextStep(wanted, memory, known);
    memory = next.memory;
    const { step } = next;
    notes.set(KNOWN, known);
    if ('done' in step) return { ...ending(memory), memory };
    if ('call' in step) {
      const { call, name } = step;
      return { state: 'absent', step: name, fresh: call, more: true, memory: began(call, memory, known) };
    }
    if (step.need === 'definitions') known = { ...known, definitions: await api.customFields.list() };
    else {
      const product =
        step.need === 'search' ? await search(api, { ...target, memory }) : await read(api, memory);
      if (product === 'none' && step.need === 'search')
        memory = searched(memory, wanted.product.variants.length);
      if (product === 'ambiguous') return { state: 'refused', reason: AMBIGUOUS, memory };
      const gone = product === 'none' && memory.productId !== undefined;
      memory = learnt(wanted, memory, product);
      // What was deleted may be there again, as another product.
      known = gone ? {} : { ...known, product };
    }
  }
}

const AMBIGUOUS =
  'The SKUs of the product are of several products of the store. Make them one in the panel, or send each by itself.';

/** What is remembered before a call of which the end may never be known. */
function began(call: ProductCall, memory: ProductMemory, { product }: Known): ProductMemory {
  if (call.kind === 'create') return { ...memory, creating: { images: [...call.images] } };
  if (call.kind === 'update') return without(memory, call.groups);
  if (call.kind === 'change-variants')
    return without(
      memory,
      call.variants.flatMap(({ sku, parts }) =>
        parts.flatMap((part) => [part === 'variant' ? 'variants' : part, `${part}/${sku}`]),
      ),
    );
  if (call.kind === 'set-fields') return without(memory, ['fields', `fields/${call.sku}`]);
  if (call.kind === 'add-variant' || call.kind === 'delete-variant') return without(memory, ['variants']);
  if (call.kind === 'delete-image') return without(memory, ['images']);
  if (call.kind !== 'add-image') return memory;
  const before = typeof product === 'object' ? product.images.map(({ id }) => id) : [];
  return { ...without(memory, ['images']), adding: { image: call.image, before } };
}

/** What a call may have changed is not what it was: an earlier state that is wanted again has to be sent again. */
function without(memory: ProductMemory, parts: readonly string[]): ProductMemory {
  const kept = Object.entries(memory.reached).filter(([part]) => !parts.includes(part));
  return { ...memory, reached: Object.fromEntries(kept) };
}

function ending(memory: ProductMemory) {
  const problems = problemsIn(memory);
  if (problems.length === 0) return { state: 'there' as const };
  const where = problems.map(({ pointer }) => (pointer === '' ? 'the whole' : pointer));
  return {
    state: 'partly' as const,
    reason: `${memory.productId === undefined ? 'The product was not made: the' : 'The'} platform refused ${where.slice(0, MOST_NAMED).join(', ')}${where.length > MOST_NAMED ? ' and more' : ''}. ${memory.productId === undefined ? '' : 'What else was wanted is there. '}"problems" says what it said of each.`,
    problems,
  };
}

const MOST_NAMED = 5;

async function read(api: NuvemshopClient, { productId = '' }: ProductMemory): Promise<ShownProduct | 'none'> {
  const found = await ifThere(api.products.get(productId));
  if (found !== undefined) return readShown('products.get', found);
  await readStore(createRequests(api.through));
  return 'none';
}

/** What is remembered once nothing was found by so many of the SKUs. */
const searched = (memory: ProductMemory, count: number): ProductMemory => ({
  ...memory,
  run: { ...(memory.run ?? NO_RUN), searched: count },
});

/**
 * By every SKU before it is made: the platform has no call for several, and any one may be of a product that is there. Where
 * the limit, or the run, ends before the SKUs do, the next run goes on where this one ended.
 */
async function search(
  api: NuvemshopClient,
  { wanted, memory, keep }: ProductTarget,
): Promise<ShownProduct | 'none' | 'ambiguous'> {
  const { variants } = wanted.product;
  const { searched: before = 0 } = memory.run ?? {};
  const isAgain = before >= variants.length;
  const skus = (isAgain ? variants.slice(0, AGAIN_BY) : variants.slice(before)).map(({ sku }) => sku);
  const found = new Map<string, ShownProduct>();
  for (const [index, sku] of skus.entries()) {
    // Which product it is, a few say.
    if (found.size > 0 && index >= AGAIN_BY) break;
    const isEnough = keep !== undefined && index === LOOKED_FOR_AT_ONCE;
    const looked = isEnough
      ? Promise.reject(noSlot('nuvemshop', 'products.getBySku'))
      : ifThere(api.products.getBySku(sku));
    const one = await looked.catch(async (error: unknown) => {
      if (!isAgain && found.size === 0 && index > 0) await keep?.(searched(memory, before + index));
      throw error;
    });
    if (one?.variants?.some((variant) => variant.sku?.trim() === sku.trim()))
      found.set(one.id, readShown('products.getBySku', one));
  }
  const [first, ...others] = found.values();
  if (others.length > 0) return 'ambiguous';
  // What a call of ours may have made is made again only where the store would show it.
  if (first === undefined && memory.creating !== undefined) await readStore(createRequests(api.through));
  return first ?? 'none';
}

async function run(
  api: NuvemshopClient,
  { wanted, memory, making }: ProductTarget,
  call: ProductCall,
  notes: ProductNotes,
): Promise<ProductMemory> {
  const known = knownIn(notes);
  notes.delete(KNOWN);
  try {
    const made = await make(api, call, { wanted, memory, known, making });
    notes.set(KNOWN, made.known);
    return made.memory;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    const fewer = fewerThan(call, error);
    if (fewer !== undefined) {
      notes.set(KNOWN, known);
      return { ...memory, run: { ...(memory.run ?? NO_RUN), most: fewer } };
    }
    // What has an id no more is read, and found again by its SKU or made anew.
    if (error.kind === 'not-found') return { ...memory, lost: true };
    if (error.kind !== 'refused') throw error;
    notes.set(KNOWN, known);
    return afterRefusal(call, wanted, memory, error);
  }
}

const NO_RUN = { n: 0, refused: {} };

/**
 * How many variants the next call is to have; undefined where their number is not the matter. Writes of variants have a second,
 * weighted limit whose size is not published: a call that exceeds it would do so whenever it is made again.
 */
function fewerThan(call: ProductCall, error: PlatformError): number | undefined {
  if (call.kind !== 'change-variants' || call.variants.length < 2) return undefined;
  return error.throttled && !isOwnLimit(error) ? Math.floor(call.variants.length / 2) : undefined;
}

function afterRefusal(
  call: ProductCall,
  wanted: WantedProduct,
  memory: ProductMemory,
  error: PlatformError,
): ProductMemory {
  const { creating: _, adding: __, run: before, ...rest } = memory;
  const now = before ?? NO_RUN;
  // One of several spoils the call for all: each goes by itself.
  if (call.kind === 'change-variants' && call.variants.length > 1)
    return { ...rest, run: { ...now, alone: true } };
  const refused = refusedBy(call, wanted, memory, error);
  const { categories, ...others } = rest;
  // Their ids may be those of categories that are gone: they are found anew.
  const kept = refused.categories === undefined ? rest : others;
  return { ...kept, run: { ...now, refused: { ...now.refused, ...refused } } };
}
