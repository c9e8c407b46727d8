import { contentHash } from './canonical-json.ts';
import type { Observation, Said } from './observation.ts';
import { type OrderRow, type RawReference, standingOf } from './order-row.ts';
import { ORDER_READING } from './reading.ts';
import { isoTime } from './time.ts';

/** The row that says what an observation says. */
export function nextRow(
  current: OrderRow | undefined,
  observation: Observation,
  said: Said,
  now: number,
): OrderRow {
  const { personal, ...publicOrder } = said.order;
  const { sourceTime } = standingOf(said.order, observation.observedAt);
  const blank = blankRow(observation, now);
  return {
    ...blank,
    order: publicOrder,
    ...storedRaw(current, observation),
    // What the table holds beside the row, which the storage replaces.
    ...(current?.linesAside === undefined ? {} : { linesAside: current.linesAside }),
    ...(current?.erased === undefined ? { personal } : { erased: current.erased }),
    ...(sourceTime === undefined ? {} : { sourceTime }),
    observedAt: Math.max(current?.observedAt ?? 0, observation.observedAt),
    version: (current?.version ?? 0) + 1,
    revision: (current?.revision ?? 0) + 1,
    contentHash: contentHash(said.order),
    ...readingOf(said),
    ...answeredBy(current, observation),
    ...acknowledgedBy(current),
    origin: {
      first: current?.origin.first ?? blank.origin.first,
      last: blank.origin.last,
      ...(sourceTime === undefined ? {} : { lagMs: now - sourceTime }),
    },
  };
}

/** What the merchant's system said of the order, whatever the platform says. */
const acknowledgedBy = (current: OrderRow | undefined) => ({
  ...(current?.acknowledgements === undefined ? {} : { acknowledgements: current.acknowledgements }),
  ...(current?.acknowledgeBy === undefined ? {} : { acknowledgeBy: current.acknowledgeBy }),
  ...(current?.acknowledgeClient === undefined ? {} : { acknowledgeClient: current.acknowledgeClient }),
});

/** A row that says nothing of its order yet. */
export function blankRow(observation: Observation, now: number): Omit<OrderRow, 'version'> {
  return {
    platform: observation.key.platform,
    storeId: observation.key.storeId,
    platformOrderId: observation.key.platformOrderId,
    state: 'ok',
    changedAt: isoTime(now),
    observedAt: observation.observedAt,
    revision: 1,
    origin: { first: { via: observation.origin, at: now }, last: { via: observation.origin, at: now } },
    correlationId: observation.correlationId,
  };
}

/** The platform's own bytes name the person, so an erased row has none. */
export function storedRaw(current: OrderRow | undefined, { raw }: Observation): { raw?: RawReference } {
  return raw === undefined || current?.erased !== undefined ? {} : { raw };
}

export const readingOf = ({ incomplete, unsaid }: Said) => ({
  reading: ORDER_READING,
  ...(incomplete ? { incomplete: true as const } : {}),
  ...(Object.keys(unsaid).length === 0 ? {} : { unsaid }),
});

/** Until when nothing that was pushed can be news any more. */
export function answeredBy(
  current: OrderRow | undefined,
  { asked, observedAt }: Observation,
): { answeredAt?: number } {
  const answeredAt = Math.max(current?.answeredAt ?? 0, asked === true ? observedAt : 0);
  return answeredAt === 0 ? {} : { answeredAt };
}

/** The row that nothing is wrong with any more; what it says of the order stays. */
export function resolve(current: OrderRow, observation: Observation, now: number): OrderRow {
  const { review: _, ...rest } = current;
  return {
    ...rest,
    state: 'ok',
    observedAt: Math.max(current.observedAt, observation.observedAt),
    revision: current.revision + 1,
    origin: { ...current.origin, last: { via: observation.origin, at: now } },
  };
}
