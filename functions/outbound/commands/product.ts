import * as z from 'zod';
import { contentHash } from '../../domain/canonical-json.ts';
import type { CommandProblem } from '../../domain/command.ts';
import type { ErpProductKey } from '../../domain/erp-product.ts';
import { lazily } from '../../domain/lazily.ts';
import { shortHash, type WantedProduct } from '../../domain/product-input.ts';
import type { ProductMemory } from '../../domain/product-memory.ts';
import type { Look, NoCommand } from '../../platforms/commands.ts';
import type { CategoryMaking, ProductNotes, ProductWrite } from '../../platforms/product-write.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { Command } from '../../storage/command-item.ts';
import { erpPk } from '../../storage/command-keys.ts';
import type { ProductMemories, WantedProducts } from '../../storage/erp-products.ts';
import type { ErpSkus } from '../../storage/erp-skus.ts';
import type { Subject } from './carrier.ts';
import { ended } from './endings.ts';
import { LEASE_MS } from './lease-ms.ts';

/** What a product of the merchant's system is written with. */
export interface ProductParts {
  /** How the store's platform takes products, or why it takes none. */
  readonly productWrite: ProductWrite | NoCommand;
  readonly memories: ProductMemories;
  readonly wantedProducts: Pick<WantedProducts, 'get'>;
  readonly skus: ErpSkus;
  /** What the products of the store make together. */
  readonly making: Omit<CategoryMaking, 'owner' | 'leaseMs'>;
}

/** What a command for a product says: where what is wanted is kept, and what it is by group. */
export const productCommandInput = lazily(() =>
  z.object({
    wanted: z.string(),
    groups: z.record(z.string(), z.string()),
    /** Somebody saw that something of it is gone at the platform. */
    recheck: z.literal(true).optional(),
  }),
);
export type ProductCommandInput = z.output<ReturnType<typeof productCommandInput>>;

export const SKU_TAKEN = 'Another product of your system has a SKU of it.';
export const LINKED_TO_OTHER =
  "The platform's product with these SKUs is linked to another product of your system. Send that one, or make the two one in your system.";
const NOT_KEPT = 'What the product is to be is not kept any more. Send the product again.';

/** Says of SKUs that another product has where they stand in what the merchant's system sent. */
export const skusTaken = (
  wanted: readonly string[],
  others: readonly { sku: string; owner: string }[],
): CommandProblem[] =>
  others.map(({ sku, owner }) => ({
    pointer: `/variants/${wanted.indexOf(sku)}/sku`,
    code: 'sku-taken',
    detail: `Your product ${owner} has it. A SKU is of one product.`,
  }));

/** Reads which product of the platform it is, and what was brought about of it. */
export async function openProduct(
  { productWrite, memories, wantedProducts, skus, making: shared }: ProductParts,
  key: ErpProductKey,
  notes: ProductNotes,
): Promise<Subject> {
  let remembered = await memories.of(key);
  // One run at a time works on the product, so its name is unique to whoever makes categories for it.
  const making = { ...shared, owner: erpPk(key), leaseMs: LEASE_MS };

  async function save(memory: ProductMemory, claimed = remembered.skus): Promise<boolean> {
    const next = { memory, ...(claimed === undefined ? {} : { skus: claimed }) };
    const isSame = claimed === remembered.skus && contentHash(memory) === contentHash(remembered.memory);
    if (isSame) return true;
    const outcome = await memories.save(key, next, remembered);
    if (outcome === 'changed') throw new OwnError('two runs wrote what is remembered of a product');
    if (outcome === 'saved') remembered = { ...next, revision: remembered.revision + 1 };
    return outcome === 'saved';
  }

  /** Its SKUs are its own before anything is made: of two products with one SKU the second is refused. */
  async function claim({ product: { variants } }: WantedProduct): Promise<CommandProblem[]> {
    const wanted = variants.map(({ sku }) => sku);
    const hash = shortHash([...wanted].sort());
    if (remembered.skus === hash) return [];
    const others = await skus.claim(key, wanted);
    if (others.length === 0) await save(withOwn(remembered.memory, wanted), hash);
    return skusTaken(wanted, others);
  }

  async function lookAndRemember(
    write: ProductWrite,
    api: unknown,
    command: Command,
    input: ProductCommandInput,
  ): Promise<Look<unknown>> {
    const wanted = await wantedProducts.get(key, input.wanted);
    if (wanted === undefined) return { state: 'refused', reason: NOT_KEPT };
    const taken = await claim(wanted);
    if (taken.length > 0) return { state: 'partly', reason: SKU_TAKEN, problems: taken };
    const isUnsure = command.calledAt !== undefined && command.answered !== true;
    const memory = memoryOfRun(remembered.memory, command.n, input.recheck === true);
    const keep = async (found: ProductMemory) => void (await save(withOwn(found, ownIn(remembered.memory))));
    const shown = await write.look(api, { wanted, memory, isUnsure, making, keep }, notes);
    const { memory: after, ...look } = shown;
    const next = withOwn(after, ownIn(remembered.memory));
    const { kept, given } = isThrough(look, next) ? pruned(next, wanted) : { kept: next, given: [] };
    // While they are remembered: of SKUs that nobody remembers, nobody would know that they are to be given up.
    await skus.release(key, given);
    // Which product it is stands in the table before anything is done to it.
    if (!(await save(kept))) return { state: 'refused', reason: LINKED_TO_OTHER };
    return look;
  }

  return {
    bare: (command) => command,
    carrierOf(command, now) {
      if ('refused' in productWrite)
        return { ended: ended(command, 'refused', now, { reason: productWrite.refused }) };
      const read = productCommandInput().safeParse(command.input);
      if (!read.success)
        return { ended: ended(command, 'failed', now, { reason: 'The command cannot be read any more.' }) };
      return {
        look: (api) => lookAndRemember(productWrite, api, command, read.data),
        async run(api, fresh) {
          const wanted = await wantedProducts.get(key, read.data.wanted);
          if (wanted === undefined) throw new OwnError('what a product is to be is not kept any more');
          const target = { wanted, memory: remembered.memory, isUnsure: false, making };
          await save(await productWrite.run(api, target, fresh, notes));
        },
        traits: { twice: 'harmless', ignored: [] },
      };
    },
  };
}

/**
 * What a command begins with: what was refused of an earlier one is tried again by the next.
 *
 * @param n the command's number
 */
export function memoryOfRun(memory: ProductMemory, n: number, recheck: boolean): ProductMemory {
  const run = memory.run?.n === n ? memory.run : { n, refused: {} };
  if (!recheck || run.rechecked === true) return { ...memory, run };
  const { variants: _, ...reached } = memory.reached;
  return {
    ...memory,
    reached,
    run: { ...run, rechecked: true },
    ...(memory.productId === undefined ? {} : { lost: true as const }),
  };
}

const VARIANT = 'variant/';

/** The SKUs that the product is known to have for itself. */
const ownIn = ({ reached }: ProductMemory): string[] =>
  Object.keys(reached).flatMap((part) => (part.startsWith(VARIANT) ? [part.slice(VARIANT.length)] : []));

/**
 * A SKU is the product's own before its variant is made, and after the platform refused it: without a name here, nobody would
 * know that it is to be given up. An empty text is no hash, so the variant is still to be brought about.
 */
const withOwn = (memory: ProductMemory, skus: readonly string[]): ProductMemory => ({
  ...memory,
  reached: { ...Object.fromEntries(skus.map((sku) => [`${VARIANT}${sku}`, ''])), ...memory.reached },
});

/** Whether no call is left. Where a variant was not deleted the product still has its SKU, so it gives up none. */
const isThrough = ({ state }: Look<unknown>, { run }: ProductMemory): boolean =>
  state === 'there' ||
  (state === 'partly' &&
    !Object.keys(run?.refused ?? {}).some((part) => part.startsWith('variant-deletion/')));

/** Of variants that are wanted no more nothing is remembered, and their SKUs may be another product's. */
function pruned(memory: ProductMemory, { product: { variants } }: WantedProduct) {
  const wanted = new Set(variants.map(({ sku }) => sku));
  const isKept = (part: string) => !part.includes('/') || wanted.has(part.slice(part.indexOf('/') + 1));
  const entries = Object.entries(memory.reached);
  return {
    kept: { ...memory, reached: Object.fromEntries(entries.filter(([part]) => isKept(part))) },
    given: ownIn(memory).filter((sku) => !wanted.has(sku)),
  };
}
