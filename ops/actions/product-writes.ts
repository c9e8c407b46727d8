import type { CommandProblem } from '../../functions/domain/command.ts';
import { subjectName } from '../../functions/domain/item-name.ts';
import { judgeProduct, type ProductWriter, writeProduct } from '../../functions/erp/api/write-product.ts';
import type { Client } from '../../functions/erp/tokens.ts';
import { planProduct } from '../../functions/outbound/commands/accept-product.ts';
import { createProductPlanner } from '../../functions/outbound/commands/plan-product-calls.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { AssumedCall } from '../../functions/platforms/product-write.ts';
import type { OperatorContext } from '../context.ts';
import { OPERATOR } from '../operator-client.ts';
import { storeNamed } from '../order-name.ts';
import { OperatorError } from '../outputs.ts';
import { type FileProduct, type ProductLine, wrongOf } from '../product-file.ts';
import { readerOf, readFailed } from '../store-check.ts';

type Context = Pick<OperatorContext, 'writtenProducts' | 'stores'>;
type Reach = Context & Pick<OperatorContext, 'channelOf' | 'accountOf' | 'control' | 'outputs'>;

/**
 * What became of one product, or would. `new` of a dry run: calls would be made; `known`: the same is under way already;
 * `unchanged`: it is so, and nobody is called.
 */
export interface ProductResult {
  /** Of a file with several products. */
  line?: number;
  externalId?: string;
  /** `platform:store:erp-product:id`. */
  product?: string;
  result: 'accepted' | 'new' | 'known' | 'unchanged' | 'refused';
  /** The id of the command; its client is `operator`. */
  command?: string;
  /** SKUs whose prices changed, and are told as those of `PUT /v1/prices`. */
  prices?: number;
  /** Of a dry run. */
  calls?: readonly AssumedCall[];
  reason?: string;
  problems?: readonly CommandProblem[];
}

const BY: Client = { name: OPERATOR, scopes: new Set() };

/** The store that products are for. @throws OperatorError where it takes none, or several could be meant */
export function storeForProducts(
  { writtenProducts, stores }: Context,
  named: string | undefined,
): KnownStore {
  const { stores: takers, refusals, writeOf } = writtenProducts;
  if (named !== undefined) {
    const store = storeNamed(named, stores);
    const write = writeOf(store);
    if (write === undefined || 'refused' in write)
      throw new OperatorError(write?.refused ?? `${named} is not in the configuration.`);
    return store;
  }
  const [only, ...others] = takers;
  if (only !== undefined && others.length === 0) return only;
  throw new OperatorError(
    only === undefined
      ? `No store of this merchant takes products. ${refusals.join(' ')}`
      : `Say which store with --store: ${takers.map(({ platform, storeId }) => `${platform}:${storeId}`).join(', ')}.`,
  );
}

/** What is done with each product of a file. */
export type EachProduct = (line: ProductLine, correlationId: string) => Promise<ProductResult>;

/** Accepts products as the API does. */
export function writingTo(writer: ProductWriter, store: KnownStore): EachProduct {
  return (one, correlationId) =>
    ofLine(one, async ({ externalId, product }) => {
      const key = { ...store, externalProductId: externalId };
      const written = await writeProduct(writer, { key, body: product, client: BY, correlationId });
      return {
        product: subjectName(key),
        result: written.outcome,
        ...(written.outcome === 'unchanged' ? {} : { command: written.command.id }),
        ...(written.prices === undefined ? {} : { prices: written.prices }),
      };
    });
}

/**
 * Says what would be done for products: reads the tables, and the platform where that is needed. Writes nothing.
 *
 * @throws OperatorError where the platform cannot be read
 */
export function planningFor(context: Reach, store: KnownStore): EachProduct {
  const { acceptor, writer, memories, skus, writeOf, madeCategories } = context.writtenProducts;
  const write = writeOf(store);
  if (write === undefined || 'refused' in write) throw new OperatorError('The store takes no products.');
  const plan = createProductPlanner(write, {
    ...{ memories, skus, made: madeCategories(store), clock: context.control.clock },
  });
  let api: Promise<unknown> | undefined;
  return (one) =>
    ofLine(one, async ({ externalId, product }) => {
      const key = { ...store, externalProductId: externalId };
      const { wanted, prices } = await judgeProduct(writer, { key, body: product, client: BY });
      const planned = await planProduct(acceptor, { client: BY.name, key, wanted });
      const about = {
        product: subjectName(key),
        ...(prices === undefined ? {} : { prices: prices.count }),
      };
      if (planned.outcome === 'refused') return { ...about, result: 'refused', reason: planned.reason };
      if (planned.outcome === 'unchanged') return { ...about, result: 'unchanged', calls: [] };
      api ??= readerOf(context, store);
      const { calls, ...why } = await plan(await api, { key, wanted, isGone: planned.isGone }).catch(
        (error: unknown) => {
          throw readFailed(error, store.platform);
        },
      );
      return { ...about, result: why.reason === undefined ? planned.outcome : 'refused', calls, ...why };
    });
}

/** A line that cannot be read, or that the configuration of the store forbids, is refused alone. */
async function ofLine(
  one: ProductLine,
  work: (product: FileProduct) => Promise<ProductResult>,
): Promise<ProductResult> {
  const { externalId } = one;
  const about = { line: one.line, ...(externalId === undefined ? {} : { externalId }) };
  if ('problems' in one) return { ...about, result: 'refused', problems: one.problems };
  try {
    return { ...about, ...(await work(one)) };
  } catch (error) {
    return { ...about, result: 'refused', problems: wrongOf(error).problems };
  }
}

/** How many came to what. */
export type ProductCounts = Record<ProductResult['result'], number> & { calls: number };

export function countProducts() {
  const counts: ProductCounts = { accepted: 0, new: 0, known: 0, unchanged: 0, refused: 0, calls: 0 };
  return {
    add({ result, calls = [] }: ProductResult) {
      counts[result] += 1;
      counts.calls += calls.length;
    },
    counts: (): ProductCounts => ({ ...counts }),
  };
}
