import {
  type MergeOutcome,
  type MergeResult,
  type MergeRules,
  merge,
  type Observation,
} from '../domain/merge.ts';
import type { Normalised, ReviewReason } from '../domain/order.ts';
import type { OrderKey, OrderRow, Origin, RawReference } from '../domain/order-row.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { MetricName, Metrics } from '../runtime/metric-names.ts';
import { sha256Of } from '../runtime/queue.ts';
import type { Log } from '../runtime/telemetry.ts';
import { orderPk } from '../storage/keys.ts';
import type { OrderStore, RawStore } from '../storage/orders.ts';

/** Writes the orders of one platform. */
export interface OrderWriter {
  /** What is known of the platform's word. */
  rules: MergeRules;
  orders: OrderStore;
  raws: RawStore;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** An observation before its bytes have a place in the table. */
export type NewObservation = Omit<Observation, 'raw'> & {
  bytes: Uint8Array;
  /** Epoch ms at which our side first had the news; the lag metric counts from here. */
  receivedAt: number;
};

/** A batch may hold ten events of one order, and some of them meet at the row; more than this means something else is wrong. */
const MAX_CONFLICTS = 32;

const METRIC_OF: Record<MergeOutcome, MetricName> = {
  created: 'OrderCreated',
  updated: 'OrderUpdated',
  unchanged: 'OrderUnchanged',
  stale: 'OrderStale',
  'needs-review': 'OrderNeedsReview',
};

/**
 * Brings one observation into the table: the bytes first, then the row, merged under a condition so that concurrent and late
 * observations end in the same row. Of an order whose personal data was erased no bytes are kept.
 *
 * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
 */
export async function upsertOrder(writer: OrderWriter, observation: NewObservation): Promise<MergeResult> {
  let current = await writer.orders.get(observation.key);
  const raw = current?.erased === undefined ? await keepBytes(writer, current, observation) : undefined;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    // Also what an earlier try left, which kept its bytes before the erasure and ended after it.
    if (current?.erased !== undefined) await writer.raws.forget(observation.key);
    const now = writer.clock.now();
    const seen = { ...observation, ...(raw === undefined ? {} : { raw }) };
    const result = merge(current, seen, now, writer.rules);
    if (
      result.row === undefined
        ? await isStill(writer, current, raw)
        : await putOver(writer, current, result.row)
    ) {
      report(writer, observation, result, now);
      return result;
    }
    current = await writer.orders.get(observation.key);
  }
  throw new OwnError(
    `${orderPk(observation.key)}: gave up after ${MAX_CONFLICTS} write conflicts; correlation id ${observation.correlationId}`,
  );
}

/** What a reading says, as an observation tells it. */
export const readingOf = (reading: Normalised): Observation['reading'] =>
  reading.ok ? reading : { review: { reason: reading.reason, problem: reading.problem } };

/** The id that bytes without a usable one are kept under. */
export const quarantineId = (bytes: Uint8Array): string => `unreadable-${sha256Of(bytes).slice(0, 32)}`;

/**
 * Makes a row of its own for something that names no order we could use, so that a person sees it and its bytes stay. The
 * same bytes make the same row.
 */
export function quarantine(
  writer: OrderWriter,
  found: Omit<OrderKey, 'platformOrderId'> & {
    receivedAt: number;
    correlationId: string;
    bytes: Uint8Array;
    origin: Origin;
    reason: ReviewReason;
    problem: string;
  },
): Promise<MergeResult> {
  const { platform, storeId, bytes, receivedAt, correlationId, origin, reason, problem } = found;
  return upsertOrder(writer, {
    key: { platform, storeId, platformOrderId: quarantineId(bytes) },
    reading: { review: { reason, problem } },
    observedAt: receivedAt,
    receivedAt,
    origin,
    correlationId,
    bytes,
  });
}

async function keepBytes(
  { raws }: OrderWriter,
  current: OrderRow | undefined,
  { key, bytes }: NewObservation,
) {
  return current?.raw?.sha256 === sha256Of(bytes) ? current.raw : raws.put(key, bytes);
}

const putOver = ({ orders }: OrderWriter, current: OrderRow | undefined, row: OrderRow) =>
  orders.put(row, current?.revision ?? 0);

/** Nothing is written that an erasure could refuse, so bytes that were just kept need another look. */
async function isStill(
  { orders }: OrderWriter,
  current: OrderRow | undefined,
  raw: RawReference | undefined,
): Promise<boolean> {
  if (current === undefined || raw === undefined || raw.sha256 === current.raw?.sha256) return true;
  return current.erased !== undefined || (await orders.get(current))?.erased === undefined;
}

function report(
  { metrics, log }: OrderWriter,
  observation: NewObservation,
  result: MergeResult,
  now: number,
): void {
  const { platform } = observation.key;
  metrics.add(METRIC_OF[result.outcome], platform, 1);
  // What is looked for afterwards is late by nature.
  if (observation.origin === 'webhook' || observation.origin === 'poll')
    metrics.add('OrderLagSeconds', platform, Math.max(0, now - observation.receivedAt) / 1000);
  if (result.outcome !== 'needs-review') metrics.add('OrderNeedsReview', platform, 0);
  const fields = {
    order: orderPk(observation.key),
    outcome: result.outcome,
    via: observation.origin,
    correlationId: observation.correlationId,
    ...(result.row === undefined ? {} : { version: result.row.version }),
  };
  if ('review' in observation.reading)
    log.warn('order needs review', { ...fields, ...observation.reading.review });
  else log.info('order recorded', fields);
}
