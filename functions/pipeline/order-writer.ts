import { type AcknowledgeTerm, acknowledgeTerm, withAcknowledgeTerm } from '../domain/acknowledge-term.ts';
import { withTextsCut } from '../domain/cut-texts.ts';
import { counted } from '../domain/event-count.ts';
import { type MergeOutcome, type MergeResult, merge } from '../domain/merge.ts';
import type { Observation } from '../domain/observation.ts';
import type { Normalised, PlatformName, ReviewReason } from '../domain/order.ts';
import type { MergeRules, OrderKey, OrderRow, Origin, RawReference } from '../domain/order-row.ts';
import { foreignBytes } from '../domain/privacy.ts';
import type { Account } from '../platforms/connection.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { ANY_CLIENT, type EnvironmentOf } from '../runtime/environment.ts';
import type { MetricName, Metrics } from '../runtime/metric-names.ts';
import { sha256Of } from '../runtime/queue.ts';
import type { Log } from '../runtime/telemetry.ts';
import { orderPk } from '../storage/keys.ts';
import { UnstorableRow } from '../storage/order-lines.ts';
import { createOrderStore, createRawStore, type OrderStore, type RawStore } from '../storage/orders.ts';

/** Writes the orders of one platform. */
export interface OrderWriter {
  /** What is known of the platform's word. */
  rules: MergeRules;
  orders: OrderStore;
  raws: RawStore;
  /** How long who has to acknowledge a new order; absent where nobody waits for it. */
  acknowledgeTerm?: AcknowledgeTerm | undefined;
  metrics: Metrics;
  log: Log;
  clock: Clock;
}

/** Where orders are written, and how. */
export interface WriterOptions {
  account: Omit<Account, 'secretsManager' | 'secretId'>;
  ordersTable: string;
  rawDays: number;
  acknowledgeTerm?: AcknowledgeTerm | undefined;
}

/** How a function of ours that writes orders does so, as its environment says. */
export const writingOf = ({
  ORDERS_TABLE,
  RAW_DAYS,
  ACKNOWLEDGE_WITHIN_HOURS: hours,
  ACKNOWLEDGED_BY: client,
}: EnvironmentOf<'process' | 'reconcile' | 'dispatch'>): Omit<WriterOptions, 'account'> => ({
  ordersTable: ORDERS_TABLE,
  rawDays: RAW_DAYS,
  acknowledgeTerm: acknowledgeTerm(hours, client === ANY_CLIENT ? undefined : client),
});

/** Whoever writes orders of a platform without calling it. */
export function writerFor(
  platform: Pick<IntakePlatform, 'resources'>,
  { account, ordersTable, rawDays, acknowledgeTerm }: WriterOptions,
): OrderWriter {
  const { dynamo: client, clock, metrics, log } = account;
  return {
    rules: platform.resources.order,
    orders: createOrderStore(client, ordersTable),
    raws: createRawStore({ client, table: ordersTable, days: rawDays, now: clock.now }),
    acknowledgeTerm,
    metrics,
    log,
    clock,
  };
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
 * observations end in the same row. Of an order whose personal data was erased no bytes are kept. What the table refuses for
 * what is in it is written with its longest texts cut, else as a row that needs review: trying again would change nothing.
 *
 * @param known the row as it was read a moment ago: where it was written since, it is read again. What does not fit what the
 *   platform said before is told to `contradicts`, once and before it is written.
 * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
 */
export async function upsertOrder(
  writer: OrderWriter,
  observation: NewObservation,
  known?: { row: OrderRow | undefined; contradicts?(lookAgainInSeconds: number): Promise<void> },
): Promise<MergeResult> {
  let current = known === undefined ? await writer.orders.get(observation.key) : known.row;
  const raw = current?.erased === undefined ? await keepBytes(writer, current, observation) : undefined;
  let seen = { ...observation, ...(raw === undefined ? {} : { raw }) };
  let contradicts = known?.contradicts;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    // Also what an earlier try left, which kept its bytes before the erasure and ended after it.
    if (current?.erased !== undefined) await writer.raws.forget(observation.key);
    const now = writer.clock.now();
    const result: MergeResult = isInSight(current, seen)
      ? { outcome: 'unchanged' }
      : finished(writer, merge(current, seen, now, writer.rules), current, now);
    if (result.lookAgainInSeconds !== undefined) {
      await contradicts?.(result.lookAgainInSeconds);
      contradicts = undefined;
    }
    const done = await write(writer, current, result, raw);
    if (done instanceof UnstorableRow) {
      seen = { ...seen, reading: storable(seen.reading, done) };
      continue;
    }
    if (done) {
      report(writer, seen, result, now);
      return result;
    }
    conflicts += 1;
    current = await writer.orders.get(observation.key);
  }
  throw new OwnError(
    `${orderPk(observation.key)}: gave up after ${MAX_CONFLICTS} write conflicts; correlation id ${observation.correlationId}`,
  );
}

/** The result with a row that counts the event that the write makes, and says until when a new order should be acknowledged. */
const finished = (
  { acknowledgeTerm }: OrderWriter,
  result: MergeResult,
  current: OrderRow | undefined,
  now: number,
): MergeResult => {
  if (result.row === undefined) return result;
  const row = withAcknowledgeTerm(result.row, current, now, acknowledgeTerm);
  return { ...result, row: counted(row, current) };
};

/** What a reading says, as an observation tells it. */
export const readingOf = (reading: Normalised): Observation['reading'] =>
  reading.ok ? reading : { review: { reason: reading.reason, problem: reading.problem } };

/** What is kept of an order that was read: its bytes, or of another store's order only whose it is. */
export const bytesToKeep = (reading: Normalised, bytes: Uint8Array): Uint8Array =>
  !reading.ok && reading.reason === 'foreign-store' ? foreignBytes(reading) : bytes;

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

/** How long what came from another store stays: as long as a person needs to see where it comes from. */
export const FOREIGN_BYTES_DAYS = 7;

async function keepBytes(
  { raws }: OrderWriter,
  current: OrderRow | undefined,
  { key, bytes, reading }: NewObservation,
) {
  if (current?.raw?.sha256 === sha256Of(bytes)) return current.raw;
  const isForeign = 'review' in reading && reading.review.reason === 'foreign-store';
  return raws.put(key, bytes, isForeign ? FOREIGN_BYTES_DAYS : undefined);
}

/** Brings a result into the table. False when another writer was quicker; the error when the table never takes the row. */
async function write(
  writer: OrderWriter,
  current: OrderRow | undefined,
  { row }: MergeResult,
  raw: RawReference | undefined,
): Promise<boolean | UnstorableRow> {
  if (row === undefined) return isStill(writer, current, raw);
  try {
    return await writer.orders.put(row, current?.revision ?? 0);
  } catch (error) {
    if (error instanceof UnstorableRow) return error;
    throw error;
  }
}

/**
 * A reading of which the table takes more: with its longest texts cut, else only that it needs review.
 *
 * @throws UnstorableRow when there is less to say in no way.
 */
function storable(reading: Observation['reading'], refused: UnstorableRow): Observation['reading'] {
  if (!('order' in reading)) throw refused;
  const order = refused.reason === 'too-large' ? withTextsCut(reading.order) : undefined;
  return order === undefined
    ? { review: { reason: refused.reason, problem: refused.message } }
    : { ...reading, order };
}

/** The row says already that these very bytes are too large, and saying it again would only ring once more. */
const isInSight = (current: OrderRow | undefined, { reading, raw }: Observation): boolean =>
  'review' in reading &&
  reading.review.reason === 'too-large' &&
  current?.review?.reason === 'too-large' &&
  raw !== undefined &&
  current.raw?.sha256 === raw.sha256;

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
  observation: NewObservation & Observation,
  result: MergeResult,
  now: number,
): void {
  const { platform } = observation.key;
  metrics.add(METRIC_OF[result.outcome], platform, 1);
  // What is looked for afterwards is late by nature.
  if (observation.origin === 'webhook' || observation.origin === 'poll')
    metrics.add('OrderLagSeconds', platform, Math.max(0, now - observation.receivedAt) / 1000);
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

const DAY_MS = 86_400_000;

/** Notices orders of outlets that nobody configured. They are recorded like all others, but no reconciliation finds those that are missed. */
export interface OutletWatch {
  /** Counts each order; writes a line once a day for each outlet, and not for each order. */
  saw(storeId: string, outlet: { id: string; configured: boolean }): void;
}

/** @param watching the metrics and log of one platform, in one container */
export function createOutletWatch(watching: {
  platform: PlatformName;
  metrics: Metrics;
  log: Log;
  clock: Pick<Clock, 'now'>;
}): OutletWatch {
  const { platform, metrics, log, clock } = watching;
  const toldAt = new Map<string, number>();
  return {
    saw(storeId, { id: outlet, configured }) {
      if (configured) return;
      metrics.add('OutletNotConfigured', platform, 1);
      const name = `${storeId}#${outlet}`;
      if (clock.now() - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
      toldAt.set(name, clock.now());
      log.warn('an outlet is not in the configuration: its orders are recorded, but not reconciled', {
        storeId,
        outlet,
      });
    },
  };
}
