import * as z from 'zod';
import { type OrderRow, orderRowSchema } from '../domain/order-row.ts';
import { CHANGES_INDEX, ORDER_ROW_SK, REVIEW_INDEX, WORK_INDEX } from './keys.ts';
import { tombstoneSchema } from './tombstones.ts';

/** The stored item of an order row: the row with its keys and the attributes of the indexes, which reading leaves out. */
export const orderItemSchema = orderRowSchema
  .extend({
    pk: z.string(),
    sk: z.literal(ORDER_ROW_SK),
    [CHANGES_INDEX.partition]: z.string(),
    [REVIEW_INDEX.partition]: z.string().optional(),
    [REVIEW_INDEX.sort]: z.string().optional(),
    [WORK_INDEX.partition]: z.string().optional(),
    [WORK_INDEX.sort]: z.string().optional(),
  })
  .transform(({ pk, sk, storeKey, reviewOf, reviewAt, workOf, workAt, ...row }): OrderRow => row);
export type OrderItem = z.input<typeof orderItemSchema>;

/** What stands in the place of a row: the row, or what stays of a removed one. */
export const placeSchema = z.union([orderItemSchema, tombstoneSchema()]);

/** Lines that stand beside their row. */
export const linesItem = z.object({ lines: orderRowSchema.shape.order.unwrap().shape.lines });
