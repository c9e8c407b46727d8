import * as z from 'zod';
import { numericIdSchema } from './ids.ts';
import type { NuvemshopTime } from './order-schema.ts';
import { latest, readOrderTime } from './order-time.ts';

/** As much of an order as tells whether it changed: a list of 200 stays small, and names nobody. */
export const CHANGE_FIELDS = [
  'id',
  'status',
  'payment_status',
  'shipping_status',
  'created_at',
  'updated_at',
  'cancelled_at',
  'closed_at',
  'paid_at',
  'completed_at',
] as const;

const word = z.string().nullish().catch(undefined);
const time = z
  .union([z.string(), z.object({ date: z.string(), timezone: z.string().nullish() })])
  .nullish()
  .catch(undefined);

const schema = z.object({
  id: numericIdSchema,
  status: word,
  payment_status: word,
  shipping_status: word,
  updated_at: time,
  cancelled_at: time,
  closed_at: time,
  paid_at: time,
  completed_at: time,
});

/** What a list says about the state of one order. */
export interface ListedState {
  orderId: string;
  /** Epoch ms of the latest change that the entry states; absent when it states none. */
  changedAt?: number;
  /** The platform's own words, as the normalised order keeps them. */
  words: { status?: string; payment?: string; fulfilment?: string };
}

/** Reads one entry of an order list that was asked for CHANGE_FIELDS; undefined without an id. */
export function readListedState(entry: unknown): ListedState | undefined {
  const read = schema.safeParse(entry);
  if (!read.success) return undefined;
  const { id, status, payment_status, shipping_status, ...times } = read.data;
  const changed = latest(
    Object.values(times as Record<string, NuvemshopTime>).map((value) => readOrderTime(value)),
  );
  return {
    orderId: id,
    ...(changed === undefined ? {} : { changedAt: Date.parse(changed) }),
    words: {
      ...(status ? { status } : {}),
      ...(payment_status ? { payment: payment_status } : {}),
      ...(shipping_status ? { fulfilment: shipping_status } : {}),
    },
  };
}
