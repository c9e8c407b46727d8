import type { QueueMessage } from '../../functions/pipeline/batch.ts';
import type { NuvemshopConsumer } from '../../functions/pipeline/old/nuvemshop-consumer.ts';
import type { Gate } from '../../functions/rate-limit/gate.ts';
import type { NuvemshopMessage, NuvemshopWebhookMessage } from '../../functions/runtime/messages.ts';
import { pack } from '../../functions/runtime/pack.ts';
import { createAuditTrail } from '../../functions/storage/audit-trail.ts';
import { createChunkStore } from '../../functions/storage/chunks.ts';
import { createCircuitBreaker } from '../../functions/storage/circuit-breaker.ts';
import { createOrderIndex } from '../../functions/storage/order-index.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { createPendingFetches } from '../../functions/storage/pending-fetches.ts';
import { createPrivacyReports } from '../../functions/storage/privacy-reports.ts';
import { createRawStore } from '../../functions/storage/raw-bytes.ts';
import { createNuvemshopSimulator } from '../../local/platforms/nuvemshop/simulator.ts';
import { countingMetrics, keptLog, keptQueue, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

/** One table for the orders and what is remembered; a file that uses the bench has its own. */
export const tables = localTables();
export const STORE = '5665778';
export type Bench = ReturnType<typeof bench>;

/** A platform with one order per id, whose `note` counts how often it was changed. */
export function bench(scope: string) {
  const clock = movedClock();
  const { client, table } = tables;
  const store = { client, table, platform: 'nuvemshop', storeId: scope, clock };
  const fetches: string[] = [];
  const asked: string[] = [];
  const failures: Error[] = [];
  const levers = { changes: 0, delaySeconds: 0 };
  const gate: Gate = {
    admit: async (batch) =>
      batch.map(({ id, priority }) => {
        asked.push(priority);
        const { delaySeconds } = levers;
        const scheduledAt = clock.now() + delaySeconds * 1000;
        return delaySeconds === 0 ? { id, go: true } : { id, go: false, delaySeconds, scheduledAt };
      }),
  };
  const made = {
    storeId: STORE,
    levers,
    gate,
    clock,
    fetches,
    asked,
    failures,
    orders: createOrderStore(client, table),
    raws: createRawStore({ client, table, days: 90, now: clock.now }),
    pending: createPendingFetches(store),
    pause: createCircuitBreaker({ ...store, backfill: { request: async () => {} } }),
    queue: keptQueue(),
    metrics: countingMetrics(),
    log: keptLog(),
    random: () => 0.5,
    fetchOrder: async (orderId: string) => {
      fetches.push(orderId);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const json = { ...template, id: Number(orderId), note: `change ${levers.changes}` };
      return { json, bytes: Buffer.from(JSON.stringify(json)) };
    },
  };
  const control = { client, table, clock };
  const privacy = {
    ...made,
    index: createOrderIndex(client, table),
    trail: createAuditTrail(control),
    reports: createPrivacyReports({ ...control, platform: 'nuvemshop', storeId: STORE }),
  };
  return {
    ...made,
    privacy,
    parts: createChunkStore({ ...control, now: clock.now }),
  } satisfies NuvemshopConsumer;
}

const shop = createNuvemshopSimulator({ seed: 5, stores: [{ id: Number(STORE) }] });
shop.world.place();
const template = shop.world.truth()[0]?.json ?? {};

let serial = 0;
export function notice(
  bed: Bench,
  orderId: number,
  rest: object = {},
): QueueMessage<NuvemshopWebhookMessage> {
  serial += 1;
  const bytes = Buffer.from(
    JSON.stringify({ store_id: Number(STORE), event: 'order/updated', id: orderId, ...rest }),
  );
  const [payload] = pack(bytes);
  const message = {
    v: 1,
    kind: 'nuvemshop.webhook',
    topic: 'event',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    payload: payload!,
  } as const;
  return { messageId: `m-${serial}`, message, bytes };
}
export const redelivered = (bed: Bench, at = -1): QueueMessage<NuvemshopMessage> => {
  const message = bed.queue.sent.at(at)!.message as NuvemshopMessage;
  serial += 1;
  const bytes = 'payload' in message ? Buffer.from(message.payload.data) : Buffer.from('{}');
  return { messageId: `m-${serial}`, message, bytes };
};
export function refetch(bed: Bench, orderId: number): QueueMessage<NuvemshopMessage> {
  serial += 1;
  const message = {
    v: 1,
    kind: 'nuvemshop.refetch',
    correlationId: `c-${serial}`,
    receivedAt: bed.clock.now(),
    attempts: 0,
    orderId: String(orderId),
    origin: 'reconcile',
    class: 'bulk',
  } as const;
  return { messageId: `m-${serial}`, message, bytes: Buffer.from(JSON.stringify(message)) };
}
export const rowOf = (bed: Bench, orderId: number) =>
  bed.orders.get({ platform: 'nuvemshop', storeId: STORE, platformOrderId: String(orderId) });
