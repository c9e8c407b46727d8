import type { Erasure, OrderKey } from '../../domain/order-row.ts';
import type { PrivacyRequest, PrivacyTopic } from '../../domain/privacy.ts';
import type { Account } from '../../platforms/connection.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { EraseStoreMessage, Queue, ReceivedMessage } from '../../runtime/queue.ts';
import type { Log } from '../../runtime/telemetry.ts';
import { type AuditTrail, createAuditTrail } from '../../storage/audit-trail.ts';
import { createOrderIndex, type OrderIndex } from '../../storage/order-index.ts';
import { createPrivacyReports, type PrivacyReports } from '../../storage/privacy-reports.ts';
import { mapConcurrent } from '../batch.ts';
import type { StoreContext } from '../store-context.ts';
import { type Erased, type Eraser, eraseOrder } from './erase.ts';
import { exportData } from './export.ts';

/** What the privacy requests of one store are handled with. */
export interface PrivacyContext extends Eraser {
  platform: Pick<Platform, 'name'>;
  index: OrderIndex;
  reports: PrivacyReports;
  trail: AuditTrail;
  queue: Queue;
  metrics: Metrics;
  log: Log;
}

/** Orders that are erased at the same time. */
const AT_ONCE = 8;
/** A store may have more orders than one run has time for: after this long (ms) the rest is left to the next. */
const SLICE_MS = 20_000;

/**
 * Handles a privacy request of the platform, without the platform: its token may be dead already. Doing it again is
 * harmless. Neither the log nor the audit trail learns more of the person than how many orders it was about.
 */
export async function handlePrivacyRequest(
  context: PrivacyContext,
  { topic, request }: { topic: PrivacyTopic; request: PrivacyRequest },
  { correlationId, receivedAt }: Pick<ReceivedMessage, 'correlationId' | 'receivedAt'>,
): Promise<void> {
  const { storeId, orderIds } = request;
  if (topic === 'erase-store') {
    const envelope = { v: 1, correlationId, receivedAt, attempts: 0 } as const;
    await context.queue.send({ ...envelope, kind: 'erase-store', storeId });
    return;
  }
  const work = topic === 'erase-customer' ? eraseCustomer : exportCustomer;
  const entry = { id: correlationId, who: context.platform.name, what: topic };
  const details = await context.trail.during(
    { ...entry, details: { storeId, orders: orderIds.length } },
    (): Promise<Record<string, string | number>> => work(context, request, correlationId),
  );
  context.log.info('privacy request handled', { correlationId, topic, ...details });
}

async function eraseCustomer(
  context: PrivacyContext,
  { storeId, orderIds, customerId }: PrivacyRequest,
  correlationId: string,
): Promise<Record<Erased, number>> {
  const keys = orderIds.map((platformOrderId) => ({
    platform: context.platform.name,
    storeId,
    platformOrderId,
  }));
  const count = await eraseAll(context, keys, 'customer-request', correlationId);
  await context.reports.forget({ orderIds, ...(customerId === undefined ? {} : { customerId }) });
  return count;
}

async function exportCustomer(context: PrivacyContext, request: PrivacyRequest, correlationId: string) {
  const id = request.dataRequestId ?? correlationId;
  const about = { id, now: context.clock.now(), platform: context.platform.name };
  const report = await exportData(context, request, about);
  await context.reports.keep(report);
  context.metrics.add('PrivacyReportReady', context.platform.name, 1);
  return { report: id, held: report.orders.length, notHeld: report.notHeld.orders.length };
}

/** Erases the personal data of every order of a store, as far as one run gets; the rest follows in the next message. */
export async function eraseStore(context: PrivacyContext, message: EraseStoreMessage): Promise<void> {
  const { storeId, correlationId } = message;
  const platform = context.platform.name;
  const until = context.clock.now() + SLICE_MS;
  const details = await context.trail.during(
    { id: correlationId, who: platform, what: 'erase-store', details: { storeId } },
    async () => {
      const count = nothing();
      let after = message.after;
      do {
        // An erased row moves to the end of the index, so the walk meets it once more and nothing is passed over.
        const page = await context.index.changes({ platform, storeId, ...(after ? { after } : {}) });
        const more = await eraseAll(context, page.keys, 'store-request', correlationId);
        for (const outcome of OUTCOMES) count[outcome] += more[outcome];
        after = page.next;
      } while (after !== undefined && context.clock.now() < until);
      if (after === undefined) await context.reports.forget();
      else await context.queue.send({ ...message, after });
      return { ...count, finished: after === undefined };
    },
  );
  context.log.info('personal data of a store erased', { correlationId, ...details });
}

const OUTCOMES = ['erased', 'erased-before', 'not-held'] as const satisfies readonly Erased[];
const nothing = (): Record<Erased, number> => ({ erased: 0, 'erased-before': 0, 'not-held': 0 });

async function eraseAll(
  context: PrivacyContext,
  keys: readonly OrderKey[],
  because: Erasure['because'],
  request: string,
): Promise<Record<Erased, number>> {
  const count = nothing();
  await mapConcurrent(AT_ONCE, keys, async (key) => {
    count[await eraseOrder(context, key, { because, request })] += 1;
  });
  context.metrics.add('PersonalDataErased', context.platform.name, count.erased);
  return count;
}

/** What the privacy requests of one store need beyond its rows and bytes. */
export function openPrivacyContext(
  context: StoreContext,
  ordersTable: string,
  { dynamo: client, controlTable: table, clock }: Pick<Account, 'dynamo' | 'controlTable' | 'clock'>,
): PrivacyContext {
  const control = { client, table, clock };
  return {
    ...context,
    index: createOrderIndex(client, ordersTable),
    trail: createAuditTrail({ ...control, platform: context.platform.name }),
    reports: createPrivacyReports({
      ...control,
      platform: context.platform.name,
      storeId: context.store.id,
    }),
  };
}
