import * as z from 'zod';
import { COMMAND_STATES, commandIdSchema } from '../../../domain/command.ts';
import { subjectName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { platformNameSchema } from '../../../domain/order.ts';
import { erpProductInput } from '../../../domain/product-input.ts';
import { BODY_PROBLEMS } from '../problem.ts';
import { route } from '../route.ts';
import { storeField, storeOf } from '../store-of.ts';
import { MAX_PRODUCT_BYTES, writeProduct } from '../write-product.ts';

const result = lazily(() =>
  z.object({
    /** `platform:store:erp-product:id`; the `key` of events about it. */
    product: z.string(),
    /** The id of the command, for `GET /v1/commands/{id}` and in events. Absent where there is nothing to do. */
    command: z.string().optional(),
    /** `known`: the same is under way already. `unchanged`: it is so; prices may still have been handed on. */
    result: z.enum(['accepted', 'known', 'unchanged']),
    state: z.enum(COMMAND_STATES),
    /** SKUs whose prices changed and are told as those of `PUT /v1/prices`. */
    prices: z.int().optional(),
  }),
);

export const putProduct = route({
  operation: 'putProduct',
  method: 'PUT',
  path: '/v1/products/{externalId}',
  scopes: ['catalogue'],
  summary: 'Say what a product is to be',
  description:
    'Found by your id or its SKUs, or made. What you leave out stays, and nothing is deleted unless `removeMissing` says so. What was brought about once is not sent again: the same product costs no call, and what somebody changed in the panel stays until you send something else of it. Stock of variants that are there is never touched: send it with `PUT /v1/stock`.',
  parameters: () =>
    z.strictObject({
      externalId: commandIdSchema().meta({ description: 'Your own id. It stands in events.' }),
    }),
  query: () =>
    z.strictObject({
      platform: platformNameSchema(),
      store: storeField(),
    }),
  body: { schema: erpProductInput, maxBytes: MAX_PRODUCT_BYTES },
  answer: { status: 202, description: 'Kept, or there already.', schema: result },
  problems: ['request-invalid', ...BODY_PROBLEMS, 'store-unknown', 'command-refused', 'stock-not-owner'],
  personal: false,
  async handle({ path: { externalId }, query: { platform, store }, body, client, requestId }, context) {
    const key = { ...storeOf(context.stores, platform, store), externalProductId: externalId };
    const written = await writeProduct(context, { key, body, client, correlationId: requestId });
    const answer = {
      product: subjectName(key),
      ...(written.outcome === 'unchanged' ? {} : { command: written.command.id }),
      result: written.outcome,
      state: written.outcome === 'unchanged' ? 'done' : written.command.state,
      ...(written.prices === undefined ? {} : { prices: written.prices }),
    };
    return { status: 202, body: answer };
  },
});
