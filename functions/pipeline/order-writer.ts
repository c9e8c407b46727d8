import { createHash } from 'node:crypto';
import type { MetricName, Metrics } from '../runtime/metric-names.ts';
import type { Platform } from '../platforms/names.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type MergeOutcome, type MergeResult, merge, type Sighting } from '../domain/merge.ts';
import type { AttentionReason } from '../domain/order.ts';
import type { RawStore } from '../storage/raw-bytes.ts';
import { type OrderRow, type Origin, orderPk, type RawReference } from '../domain/order-row.ts';
import type { OrderStore } from '../storage/orders.ts';

export interface Recorder {
  orders: OrderStore;
  raws: RawStore;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** A sighting before its bytes have a place in the table. */
export type NewSighting = Omit<Sighting, 'raw'> & {
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
  attention: 'OrderAttention',
};

/**
 * Brings one sighting into the table: the bytes first, then the row, merged under a condition so that concurrent and late
 * sightings end in the same row. Of an order whose personal data was erased no bytes are kept.
 *
 * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
 */
export async function record(recorder: Recorder, sighting: NewSighting): Promise<MergeResult> {
  let current = await recorder.orders.get(sighting.key);
  const raw = current?.erased === undefined ? await keepBytes(recorder, current, sighting) : undefined;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    // Also what an earlier try left, which kept its bytes before the erasure and ended after it.
    if (current?.erased !== undefined) await recorder.raws.forget(sighting.key);
    const now = recorder.clock.now();
    const result = merge(current, { ...sighting, ...(raw === undefined ? {} : { raw }) }, now);
    if (
      result.row === undefined
        ? await isStill(recorder, current, raw)
        : await putOver(recorder, current, result.row)
    ) {
      report(recorder, sighting, result, now);
      return result;
    }
    current = await recorder.orders.get(sighting.key);
  }
  throw new Error(
    `${orderPk(sighting.key)}: ${MAX_CONFLICTS} writers in a row were quicker; correlation id ${sighting.correlationId}`,
  );
}

/** The id that bytes without a usable one are kept under. */
export const unreadableId = (bytes: Uint8Array): string =>
  `unreadable-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;

/**
 * Makes a row of its own for something that names no order we could use, so that a person sees it and its bytes stay. The
 * same bytes make the same row.
 */
export function recordUnreadable(
  recorder: Recorder,
  found: {
    platform: Platform;
    storeId: string;
    delivery: { message: { receivedAt: number; correlationId: string }; bytes: Uint8Array };
    origin: Origin;
    reason: AttentionReason;
    problem: string;
  },
): Promise<MergeResult> {
  const { message, bytes } = found.delivery;
  return record(recorder, {
    key: { platform: found.platform, storeId: found.storeId, platformOrderId: unreadableId(bytes) },
    said: { attention: { reason: found.reason, problem: found.problem } },
    asOf: message.receivedAt,
    receivedAt: message.receivedAt,
    origin: found.origin,
    correlationId: message.correlationId,
    bytes,
  });
}

async function keepBytes({ raws }: Recorder, current: OrderRow | undefined, { key, bytes }: NewSighting) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return current?.raw?.sha256 === sha256 ? current.raw : raws.put(key, bytes);
}

const putOver = ({ orders }: Recorder, current: OrderRow | undefined, row: OrderRow) =>
  orders.put(row, current?.revision ?? 0);

/** Nothing is written that an erasure could refuse, so bytes that were just kept need another look. */
async function isStill(
  { orders }: Recorder,
  current: OrderRow | undefined,
  raw: RawReference | undefined,
): Promise<boolean> {
  if (current === undefined || raw === undefined || raw.sha256 === current.raw?.sha256) return true;
  return current.erased !== undefined || (await orders.get(current))?.erased === undefined;
}

function report({ metrics, log }: Recorder, sighting: NewSighting, result: MergeResult, now: number): void {
  const { platform } = sighting.key;
  metrics.add(METRIC_OF[result.outcome], platform, 1);
  // What is looked for afterwards is late by nature.
  if (sighting.origin === 'webhook' || sighting.origin === 'poll')
    metrics.add('OrderLagSeconds', platform, Math.max(0, now - sighting.receivedAt) / 1000);
  if (result.outcome !== 'attention') metrics.add('OrderAttention', platform, 0);
  const fields = {
    order: orderPk(sighting.key),
    outcome: result.outcome,
    via: sighting.origin,
    correlationId: sighting.correlationId,
    ...(result.row === undefined ? {} : { version: result.row.version }),
  };
  if ('attention' in sighting.said)
    log.warn('order needs attention', { ...fields, ...sighting.said.attention });
  else log.info('order recorded', fields);
}
