import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import type { OrderRow } from '../domain/order-row.ts';

/**
 * What stays of a row that was removed: its counters, so that a row in its place goes on counting from them, and no reader
 * takes its versions and events for those of the row before.
 */
export const tombstoneSchema = lazily(() =>
  z.object({
    state: z.literal('removed'),
    version: z.int(),
    revision: z.int(),
    eventCount: z.int().optional(),
  }),
);
type Tombstone = z.infer<ReturnType<typeof tombstoneSchema>>;

/** Whether an item in the place of a row is what stays of one. */
export const isTombstone = (item: unknown): item is Tombstone => tombstoneSchema().safeParse(item).success;

export const tombstoneOf = ({ version, revision, eventCount }: OrderRow): Tombstone => ({
  state: 'removed',
  version,
  revision: revision + 1,
  ...(eventCount === undefined ? {} : { eventCount }),
});

/** A new row, with counters that go on from those of the one before. */
export function countedFrom(left: Tombstone, row: OrderRow): OrderRow {
  const eventCount = (left.eventCount ?? 0) + (row.eventCount ?? 0);
  return {
    ...row,
    version: left.version + row.version,
    revision: left.revision + row.revision,
    ...(eventCount === 0 ? {} : { eventCount }),
  };
}
