import * as z from 'zod';
import { type CommandState, commandProblemSchema } from '../../domain/command.ts';
import { type ErpProductKey, PRODUCT_GROUPS } from '../../domain/erp-product.ts';
import { productName, subjectName } from '../../domain/item-name.ts';
import { lazily } from '../../domain/lazily.ts';
import type { ApiContext } from './context.ts';
import { Problem } from './problem.ts';

/**
 * `refused`: the platform, or its rules, refused it. `in-doubt`: nobody knows whether it is so; a person looks. `not-reached`: its
 * command ended without it, and nobody goes on.
 */
export const GROUP_STATES = ['reached', 'under-way', 'refused', 'in-doubt', 'not-reached'] as const;

/** What has come of a product that the merchant's system wrote. */
export const writtenProductView = lazily(() =>
  z.object({
    /** `platform:store:erp-product:id`. */
    id: z.string(),
    /** The product of the platform that it is: `platform:store:product:id`. Absent while there is none. */
    product: z.string().optional(),
    /** The id of the last command for it. Absent once it expired. */
    command: z.string().optional(),
    /** How far each group of what you wanted last has come; `prices` is not among them where they are told apart. */
    groups: z.partialRecord(z.enum(PRODUCT_GROUPS), z.enum(GROUP_STATES)),
    /** What the platform refused of it, field by field. */
    problems: z.array(commandProblemSchema()),
  }),
);
type WrittenProductView = z.infer<ReturnType<typeof writtenProductView>>;

/** What a group is that was not reached, by how its command stands. */
const UNREACHED: Readonly<Record<CommandState, (typeof GROUP_STATES)[number]>> = {
  accepted: 'under-way',
  running: 'under-way',
  refused: 'refused',
  in_doubt: 'in-doubt',
  failed: 'not-reached',
  expired: 'not-reached',
  // The platform answered with a success, and does not show it.
  done: 'not-reached',
};

const wantedGroups = lazily(() => z.object({ groups: z.record(z.string(), z.string()) }));

/** @throws Problem `product-unknown` */
export async function viewOfWritten(
  { commands, writtenProduct }: Pick<ApiContext, 'commands' | 'writtenProduct'>,
  key: ErpProductKey,
): Promise<WrittenProductView> {
  const memory = await writtenProduct(key);
  const last = (await commands.latest(key)).at(-1);
  if (last === undefined && memory.productId === undefined)
    throw new Problem('product-unknown', {
      detail: 'You sent no product with this id to this store. Send it with PUT /v1/products/{externalId}.',
    });
  const read = wantedGroups().safeParse(last?.input);
  const wanted: Readonly<Record<string, string>> = read.success ? read.data.groups : memory.reached;
  const unreached = UNREACHED[last?.state ?? 'done'];
  const groups: WrittenProductView['groups'] = {};
  for (const group of PRODUCT_GROUPS) {
    if (wanted[group] === undefined) continue;
    const isReached = wanted[group] === memory.reached[group];
    groups[group] = isReached ? 'reached' : unreached;
  }
  const { platform, storeId } = key;
  return {
    id: subjectName(key),
    ...(memory.productId === undefined
      ? {}
      : { product: productName({ platform, storeId, platformProductId: memory.productId }) }),
    ...(last === undefined ? {} : { command: last.id }),
    groups,
    problems: last?.problems ?? [],
  };
}
