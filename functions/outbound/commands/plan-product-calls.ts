import type { CommandProblem } from '../../domain/command.ts';
import type { ErpProductKey } from '../../domain/erp-product.ts';
import { shortHash, type WantedProduct } from '../../domain/product-input.ts';
import type { ProductMemory } from '../../domain/product-memory.ts';
import type { AssumedCall, ProductNotes, ProductWrite } from '../../platforms/product-write.ts';
import type { Clock } from '../../runtime/clock.ts';
import { erpPk } from '../../storage/command-keys.ts';
import type { CategoryPlace, Creation, Creations } from '../../storage/creations.ts';
import type { ProductMemoryReader } from '../../storage/erp-products.ts';
import type { ErpSkus } from '../../storage/erp-skus.ts';
import type { Lease } from '../../storage/runs.ts';
import { LEASE_MS } from './lease-ms.ts';
import { LINKED_TO_OTHER, memoryOfRun, SKU_TAKEN, skusTaken } from './product.ts';

/** What would be done to bring a product about. */
export interface ProductPlan {
  readonly calls: readonly AssumedCall[];
  /** Why it would not all come about, as far as it is known before anybody asks. */
  readonly reason?: string;
  readonly problems?: readonly CommandProblem[];
}

export interface PlanParts {
  readonly memories: ProductMemoryReader;
  readonly skus: Pick<ErpSkus, 'others'>;
  /** The categories that were made before. */
  readonly made: Pick<Creations<CategoryPlace>, 'of'>;
  readonly clock: Clock;
}

/** A product that would be written. */
export interface ProductToPlan {
  readonly key: ErpProductKey;
  readonly wanted: WantedProduct;
  /** Something of what was brought about is gone at the platform. */
  readonly isGone: boolean;
}

/** More than a product of the most variants, images and fields takes; no more are listed. */
const MOST_CALLS = 5000;

/**
 * Lists the calls that would be made for products of one store: by the steps that the dispatcher takes, with a client that
 * reads and only notes what it would write. Each product finds what those before it would have made. Writes nothing.
 *
 * @throws PlatformError where the platform cannot be read
 */
export function createProductPlanner(write: ProductWrite, { memories, skus, made, clock }: PlanParts) {
  const shared = new Map<string, unknown>();
  const making = { made: assumedCategories(made, clock), lease: ALWAYS_FREE, clock, leaseMs: LEASE_MS };

  return async (api: unknown, { key, wanted, isGone }: ProductToPlan): Promise<ProductPlan> => {
    const before = await memories.of(key);
    const named = wanted.product.variants.map(({ sku }) => sku);
    const others =
      before.skus === shortHash([...named].sort()) ? [] : skusTaken(named, await skus.others(key, named));
    if (others.length > 0) return { calls: [], reason: SKU_TAKEN, problems: others };
    const calls: AssumedCall[] = [];
    const assumed = write.assuming(api, { clock, shared, note: (call) => calls.push(call) });
    const notes: ProductNotes = new Map();
    const target = { wanted, isUnsure: false, making: { ...making, owner: erpPk(key) } };
    let memory: ProductMemory = memoryOfRun(before.memory, 0, isGone);
    let linked = before.memory.productId;
    while (calls.length < MOST_CALLS) {
      const look = await write.look(assumed, { ...target, memory }, notes);
      ({ memory } = look);
      if (look.state === 'refused') return { calls, reason: look.reason };
      if (look.state === 'partly') return { calls, reason: look.reason, problems: look.problems };
      if (memory.productId !== linked && (await isOthers(memories, key, memory.productId)))
        return { calls: [], reason: LINKED_TO_OTHER };
      linked = memory.productId;
      if (look.state === 'there') return { calls };
      memory = await write.run(assumed, { ...target, memory }, look.fresh, notes);
    }
    return { calls, reason: `No more than ${MOST_CALLS} calls are listed.` };
  };
}

/** Whether the product that was found is linked to another one of the merchant's system. */
async function isOthers(
  memories: ProductMemoryReader,
  { platform, storeId, externalProductId }: ErpProductKey,
  platformProductId: string | undefined,
): Promise<boolean> {
  if (platformProductId === undefined) return false;
  const owner = await memories.to({ platform, storeId, platformProductId });
  return owner !== undefined && owner.externalProductId !== externalProductId;
}

const ALWAYS_FREE: Lease = { acquire: async () => true, release: async () => {} };

/** Categories that would be made stay in memory. */
function assumedCategories(
  { of }: Pick<Creations<CategoryPlace>, 'of'>,
  clock: Pick<Clock, 'now'>,
): Creations<CategoryPlace> {
  const assumed = new Map<string, Creation>();
  const nameOf = ({ parentId = '', name }: CategoryPlace) => `${parentId}/${name}`;
  return {
    async of(place) {
      const known = assumed.get(nameOf(place));
      if (known === undefined) return of(place);
      // The platform will never list it.
      return 'id' in known ? { ...known, at: clock.now() } : known;
    },
    begin: async () => true,
    keep: async (place, creation) => void assumed.set(nameOf(place), creation),
    forget: async () => {},
  };
}
