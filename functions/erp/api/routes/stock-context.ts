import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { hasMaster } from '../../../domain/stock/master.ts';
import { MOST_OF_A_SKU, SKU_LETTERS } from '../../../domain/stock/sku-name.ts';
import { CLOCK_AHEAD_MS } from '../../../domain/time.ts';
import type { Client } from '../../tokens.ts';
import type { ApiContext, StockContext } from '../context.ts';
import { type FieldProblem, Problem } from '../problem.ts';
import { problemsOf } from '../read-request.ts';

/** Items in one request. */
export const MOST_ITEMS = 1000;
/** SKUs that are written at the same time. */
export const AT_ONCE = 16;

/** A SKU as the merchant and the platforms write it; spaces around it are none of it, as where platforms are read. */
export const skuName = () =>
  z.string().trim().min(1).max(MOST_OF_A_SKU).regex(SKU_LETTERS, 'must hold no control characters');

/** @throws Problem `stock-off` */
export function stockOf({ stock }: Pick<ApiContext, 'stock'>): StockContext {
  if (stock !== undefined) return stock;
  throw new Problem('stock-off', {
    detail:
      'The configuration of the merchant has no "stock". Add it and deploy, then send the request again.',
  });
}

/** @throws Problem `stock-off`, or `stock-not-owner` where the configuration names another client */
export function ownStock(context: Pick<ApiContext, 'stock'>, client: Client): StockContext {
  const stock = stockOf(context);
  if (client.name === stock.settings.owner) return stock;
  throw new Problem('stock-not-owner', {
    detail: 'The configuration names another client as "stock.owner". Only what that one says counts.',
  });
}

/** @throws Problem `stock-of-platform` where a platform's numbers count, and nobody else's */
export function refuseWhereCounted({ settings }: StockContext): void {
  if (!hasMaster(settings.channels)) return;
  throw new Problem('stock-of-platform', {
    detail:
      'The configuration names a platform as "stock.master": its numbers count. Change the number there; the other channels follow.',
  });
}

/** An item of the body that is read by itself, or what is wrong with it. */
export type Read<Item> = { readonly item: Item } | Wrong;
interface Wrong {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly said: unknown;
}

export function readItem<Item extends { readonly asOf: string }>(
  schema: z.ZodType<Item>,
  item: unknown,
  now: number,
): Read<Item> {
  const read = schema.safeParse(item, { reportInput: false });
  if (!read.success) return { issues: read.error.issues, said: item };
  if (Date.parse(read.data.asOf) <= now + CLOCK_AHEAD_MS) return { item: read.data };
  const message = 'lies more than a day ahead; a newer value would count as older';
  return { issues: [{ code: 'custom', path: ['asOf'], message, input: undefined }], said: item };
}

/** What is answered of an item whose fields are wrong. */
export const wrongItem = (
  { issues, said }: Wrong,
  { index, schema, requestId }: { index: number; schema: z.ZodType; requestId: string },
): object => ({
  ...echoed().safeParse(said).data,
  ...refusedItem(problemsOf(issues, `body/items/${index}`, schema), requestId),
});

/** The part of an answer that says why an item was not kept. */
export function refusedItem(errors: FieldProblem[], requestId: string): object {
  const problem = new Problem('request-invalid', {
    detail: 'Fields of this item are wrong; "errors" points to each. Nothing of it was kept.',
    errors,
  });
  return { result: 'error', error: problem.answer(requestId).body };
}

const text = () => z.string().optional().catch(undefined);
const echoed = lazily(() => z.object({ sku: text(), place: text(), platform: text() }));

/** What became of each item, in the order in which they were sent. @param codes of what to know of an item that was kept */
export const resultsOf = <F extends z.ZodRawShape>(fields: F, codes: readonly string[]) =>
  z.object({
    items: z.array(
      z.object({
        sku: z.string().optional(),
        ...fields,
        warnings: z.array(z.object({ code: z.enum(codes), detail: z.string() })).optional(),
        /** `stale`: a newer value is known. `unchanged`: this one is. */
        result: z.enum(['set', 'unchanged', 'stale', 'error']),
        error: z
          .looseObject({ code: z.string(), title: z.string(), status: z.int(), detail: z.string() })
          .optional(),
      }),
    ),
  });
