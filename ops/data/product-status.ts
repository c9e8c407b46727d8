import * as z from 'zod';
import { COMMAND_STATES, commandProblemSchema } from '../../functions/domain/command.ts';
import { type ErpProductKey, PRODUCT_GROUPS } from '../../functions/domain/erp-product.ts';
import { parseErpProductName } from '../../functions/domain/item-name.ts';
import { lazily } from '../../functions/domain/lazily.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { Problem } from '../../functions/erp/api/problem.ts';
import { GROUP_STATES, viewOfWritten } from '../../functions/erp/api/written-product-view.ts';
import { productCommandInput } from '../../functions/outbound/commands/product.ts';
import type { Command } from '../../functions/storage/command-item.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { differencesOf } from './product-differences.ts';

/** What became of a product that the merchant's system wrote, at one store: what `products status --json` prints of each. */
export const productStatusSchema = lazily(() =>
  z.strictObject({
    /** `platform:store:erp-product:id`. */
    id: z.string(),
    /** The product of the platform that it is: `platform:store:product:id`. Absent while there is none. */
    product: z.string().optional(),
    /** How far each group of what was wanted last has come. */
    groups: z.partialRecord(z.enum(PRODUCT_GROUPS), z.enum(GROUP_STATES)),
    /** The last command for it. Absent once it expired. */
    command: z
      .strictObject({
        client: z.string(),
        id: z.string(),
        state: z.enum(COMMAND_STATES),
        givenAt: z.string(),
        updatedAt: z.string(),
        /** Nobody looks at it before. */
        waitsUntil: z.string().optional(),
        tries: z.int(),
        reason: z.string().optional(),
        problems: z.array(commandProblemSchema()),
      })
      .optional(),
    /** When the platform's product was mirrored last; absent where it was not. */
    mirroredAt: z.string().optional(),
    /** When it was seen that the platform has it no more. */
    removedAt: z.string().optional(),
    /** What the platform shows otherwise than it is wanted, of what is mirrored. Absent where that is not known. */
    differences: z
      .array(z.strictObject({ pointer: z.string(), wanted: z.string(), shown: z.string() }))
      .optional(),
  }),
);
export type ProductStatus = z.infer<ReturnType<typeof productStatusSchema>>;

type Context = Pick<OperatorContext, 'commands' | 'products' | 'stores'> & {
  readonly writtenProducts: Pick<
    OperatorContext['writtenProducts'],
    'memories' | 'wantedProducts' | 'stores'
  >;
};

/**
 * A product at each store that knows it.
 *
 * @param name its id in the merchant's system, or `platform:store:erp-product:id`
 * @throws OperatorError where the name is of another kind, or of a store that there is not
 */
export async function productStatuses(context: Context, name: string): Promise<ProductStatus[]> {
  const found: ProductStatus[] = [];
  for (const key of keysOf(context, name)) {
    const status = await statusOf(context, key);
    if (status !== undefined) found.push(status);
  }
  return found;
}

function keysOf({ stores, writtenProducts }: Context, name: string): ErpProductKey[] {
  const named = parseErpProductName(name);
  if (named === undefined) return writtenProducts.stores.map((one) => ({ ...one, externalProductId: name }));
  const isOurs = stores.some(
    ({ platform, storeId }) => platform === named.platform && storeId === named.storeId,
  );
  if (isOurs) return [named];
  throw new OperatorError(`The merchant has no store ${named.platform}:${named.storeId}.`);
}

async function statusOf(context: Context, key: ErpProductKey): Promise<ProductStatus | undefined> {
  const { commands, products, writtenProducts } = context;
  const { memory } = await writtenProducts.memories.of(key);
  const view = await viewOfWritten({ commands, writtenProduct: async () => memory }, key).catch(
    unlessUnknown,
  );
  if (view === undefined) return undefined;
  const last = (await commands.latest(key)).at(-1);
  const { platform, storeId } = key;
  const { productId } = memory;
  const row =
    productId === undefined
      ? undefined
      : await products.get({ platform, storeId, platformProductId: productId });
  const wanted = await wantedOf(context, key, last);
  return {
    id: view.id,
    ...(view.product === undefined ? {} : { product: view.product }),
    groups: view.groups,
    ...(last === undefined ? {} : { command: commandOf(last) }),
    ...(row === undefined ? {} : { mirroredAt: row.changedAt }),
    ...(row?.removedAt === undefined ? {} : { removedAt: isoTime(row.removedAt) }),
    ...(wanted === undefined || row?.product === undefined
      ? {}
      : { differences: differencesOf(wanted, row.product) }),
  };
}

/** What is wanted is kept for a while. */
async function wantedOf(
  { writtenProducts }: Context,
  key: ErpProductKey,
  last: Command | undefined,
): ReturnType<OperatorContext['writtenProducts']['wantedProducts']['get']> {
  const input = productCommandInput().safeParse(last?.input);
  return input.success ? writtenProducts.wantedProducts.get(key, input.data.wanted) : undefined;
}

const commandOf = (last: Command): NonNullable<ProductStatus['command']> => ({
  client: last.client,
  id: last.id,
  state: last.state,
  givenAt: isoTime(last.acceptedAt),
  updatedAt: isoTime(last.updatedAt),
  ...(last.dueAt === undefined ? {} : { waitsUntil: isoTime(last.dueAt) }),
  tries: last.tries,
  ...(last.reason === undefined ? {} : { reason: last.reason }),
  problems: last.problems ?? [],
});

function unlessUnknown(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'product-unknown') return undefined;
  throw error;
}
