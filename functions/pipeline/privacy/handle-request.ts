import type { OrderKey } from '../../domain/order-row.ts';
import type { PrivacyRequest, PrivacyTopic } from '../../platforms/nuvemshop/privacy.ts';
import type { Log } from '../../runtime/log.ts';
import type { NuvemshopEraseStoreMessage, NuvemshopWebhookMessage } from '../../runtime/messages.ts';
import type { Metrics } from '../../runtime/metric-names.ts';
import type { Queue } from '../../runtime/queue.ts';
import type { AuditTrail } from '../../storage/audit-trail.ts';
import type { OrderIndex } from '../../storage/order-index.ts';
import type { PrivacyReports } from '../../storage/privacy-reports.ts';
import { type Erased, type Eraser, eraseOrder } from './erase.ts';
import { exportData } from './export.ts';

export interface PrivacyContext extends Eraser {
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
 * Carries out a privacy request of the platform, without the platform: its token may be dead already. Doing it again is
 * harmless. Neither the log nor the audit trail learns more of the person than how many orders it was about.
 */
export async function handlePrivacyRequest(
  context: PrivacyContext,
  topic: PrivacyTopic,
  request: PrivacyRequest,
  { correlationId, receivedAt }: Pick<NuvemshopWebhookMessage, 'correlationId' | 'receivedAt'>,
): Promise<void> {
  if (topic === 'store/redact') {
    const envelope = { v: 1, correlationId, receivedAt, attempts: 0 } as const;
    await context.queue.send({ ...envelope, kind: 'nuvemshop.erase-store', storeId: request.storeId });
    return;
  }
  const { storeId, orderIds, customerId } = request;
  const who = customerId === undefined ? {} : { customerId };
  const details = await context.trail.during(
    { id: correlationId, who: 'nuvemshop', what: topic, details: { storeId, orders: orderIds.length } },
    async (): Promise<Record<string, string | number>> => {
      if (topic === 'customers/redact') {
        const keys = orderIds.map((id) => keyOf(storeId, id));
        const count = await eraseAll(context, keys, 'customer-request', correlationId);
        await context.reports.forget({ orderIds, ...who });
        return count;
      }
      const id = request.dataRequestId ?? correlationId;
      const report = await exportData(context, request, { id, now: context.clock.now() });
      await context.reports.keep(report);
      context.metrics.add('PrivacyReportReady', 'nuvemshop', 1);
      return { report: id, held: report.orders.length, notHeld: report.notHeld.orders.length };
    },
  );
  context.log.info('privacy request carried out', { correlationId, topic, ...details });
}

/** Erases the personal data of every order of a store, as far as one run gets; the rest follows in the next message. */
export async function eraseStore(
  context: PrivacyContext,
  message: NuvemshopEraseStoreMessage,
): Promise<void> {
  const { storeId, correlationId } = message;
  const until = context.clock.now() + SLICE_MS;
  const details = await context.trail.during(
    { id: correlationId, who: 'nuvemshop', what: 'store/redact', details: { storeId } },
    async () => {
      const count = { held: 0, 'erased-before': 0, 'not-held': 0 };
      let after = message.after;
      do {
        // An erased row moves to the end of the index, so the walk meets it once more and nothing is passed over.
        const page = await context.index.changes({
          platform: 'nuvemshop',
          storeId,
          ...(after ? { after } : {}),
        });
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

const OUTCOMES = ['held', 'erased-before', 'not-held'] as const satisfies readonly Erased[];

async function eraseAll(
  context: PrivacyContext,
  keys: readonly OrderKey[],
  because: 'customer-request' | 'store-request',
  request: string,
): Promise<Record<Erased, number>> {
  const count = { held: 0, 'erased-before': 0, 'not-held': 0 };
  const waiting = [...keys];
  const worker = async () => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift())
      count[await eraseOrder(context, key, { because, request })] += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  context.metrics.add('PersonalDataErased', 'nuvemshop', count.held);
  return count;
}

const keyOf = (storeId: string, platformOrderId: string): OrderKey => ({
  platform: 'nuvemshop',
  storeId,
  platformOrderId,
});
