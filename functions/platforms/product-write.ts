import type { WantedProduct } from '../domain/product-input.ts';
import type { ProductMemory } from '../domain/product-memory.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CategoryPlace, Creations } from '../storage/creations.ts';
import type { Lease } from '../storage/runs.ts';
import type { Look, NoCommand } from './commands.ts';
import type { Store } from './store.ts';

/** What the products of one store share, so that none makes a category that another one is making. */
export interface CategoryMaking {
  readonly made: Creations<CategoryPlace>;
  readonly lease: Lease;
  readonly clock: Pick<Clock, 'now'>;
  /** Unique to whoever makes some now. */
  readonly owner: string;
  /** Longer than the function may run, in ms. */
  readonly leaseMs: number;
}

/** The product that a write is for. */
export interface ProductTarget {
  readonly wanted: WantedProduct;
  readonly memory: ProductMemory;
  /** Nobody knows how the last call ended: the platform is read before anything is sent. */
  readonly isUnsure: boolean;
  readonly making: CategoryMaking;
  /** Remembers what a look that cannot be ended now has found so far; absent where nothing is remembered. */
  readonly keep?: (memory: ProductMemory) => Promise<void>;
}

/** What one run has read, and what its own calls were answered, so that it is not read again. Each platform's own. */
export type ProductNotes = Map<string, unknown>;

/** What is missing of a product, and what is remembered of it before the call that brings it about begins. */
export type ProductLook<Fresh = unknown> = Look<Fresh> & { readonly memory: ProductMemory };

/** A call that would be made, as a person is told of it. */
export interface AssumedCall {
  readonly method: string;
  /** Below the store's address; `{new}` stands for the id of what an earlier call would make. */
  readonly path: string;
  /** What it is for: "price of 2 variants". */
  readonly what: string;
}

/** What the clients of one dry run share: what they noted, and what an earlier one would have made. */
export interface Assumption {
  readonly clock: Clock;
  note(call: AssumedCall): void;
  /** What was read that is the store's and no single product's. Each platform's own. */
  readonly shared: Map<string, unknown>;
}

/**
 * How a platform comes to have a product of the merchant's system: one call at a time, each found by comparing what is wanted
 * with what is remembered, and with what the platform shows where that is not enough.
 */
export interface ProductWrite<Api = unknown, Fresh = unknown> {
  /** @throws PlatformError */
  look(api: Api, target: ProductTarget, notes: ProductNotes): Promise<ProductLook<Fresh>>;
  /** Makes the call that the look named. What the platform refuses of it is remembered. @throws PlatformError */
  run(api: Api, target: ProductTarget, fresh: Fresh, notes: ProductNotes): Promise<ProductMemory>;
  /** A client for a dry run: it reads as `api` does, and notes what it would write, as if the platform had taken it. */
  assuming(api: Api, assumption: Assumption): Api;
}

/** How a store takes products of the merchant's system, or why it takes none. */
export const productWriteOf = <S, Api>(
  platform: { productWrite?(store: Store<S>): ProductWrite<Api> | NoCommand },
  store: Store<S>,
): ProductWrite<Api> | NoCommand => platform.productWrite?.(store) ?? NO_PRODUCTS;

const NO_PRODUCTS: NoCommand = {
  refused:
    'The platform takes no products from outside: they have to be in its catalogue. Of those that are, say prices with PUT /v1/prices and stock with PUT /v1/stock.',
};
