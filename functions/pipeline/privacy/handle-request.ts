import { isDeepStrictEqual } from 'node:util';
import type { PrivacyRequest, PrivacyTopic } from '../../domain/privacy.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { ReceivedMessage } from '../../runtime/queue.ts';
import type { DataReport } from '../../storage/privacy-reports.ts';
import { addTo, type ErasedCount, eraseAll, noneErased, type PrivacyContext } from './context.ts';
import { requestStoreErasure } from './erase-store.ts';
import { exportData } from './export.ts';

/**
 * Handles a privacy request of the platform. What is about a customer needs no platform: its token may be dead already. Doing
 * it again is harmless. Neither the log nor the audit trail learns more of the person than how many things it was about.
 *
 * @throws PlatformError when a request to erase the store could not be confirmed; it then has to come back.
 */
export async function handlePrivacyRequest(
  context: PrivacyContext,
  { topic, request }: { topic: PrivacyTopic; request: PrivacyRequest },
  message: Pick<ReceivedMessage, 'correlationId' | 'receivedAt'>,
): Promise<void> {
  const { correlationId } = message;
  if (topic === 'erase-store') return requestStoreErasure(context, message);
  const { storeId, orderIds } = request;
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
  request: PrivacyRequest,
  correlationId: string,
): Promise<ErasedCount> {
  const { customerId } = request;
  const count = noneErased();
  const things: Record<string, readonly string[]> = {};
  for (const kind of context.kinds) {
    const ids = kind.named(request);
    addTo(count, await eraseAll(context, kind, ids, { because: 'customer-request', request: correlationId }));
    things[kind.plural] = ids;
  }
  await context.reports.forget({ things, ...(customerId === undefined ? {} : { customerId }) });
  return count;
}

async function exportCustomer(context: PrivacyContext, request: PrivacyRequest, correlationId: string) {
  const id = request.dataRequestId ?? correlationId;
  const report = await keepReport(context, request, id);
  context.metrics.add('PrivacyReportReady', context.platform.name, 1);
  return { report: id, held: countOf(report.held), notHeld: countOf(report.notHeld) };
}

/** An order may change while it is looked at; more often in a row than this, and something else is wrong. */
const MOST_LOOKS = 5;

/**
 * Keeps a report of what is held. An erasure deletes the reports that it finds when it ends: one that was kept a moment later
 * holds the person still, and is seen by what is held then. So it counts once a look after it was kept finds the same.
 */
async function keepReport(
  { kinds, reports, clock }: PrivacyContext,
  request: PrivacyRequest,
  id: string,
): Promise<DataReport> {
  const about = { id, now: clock.now() };
  const look = () => exportData(kinds, request, about);
  let report = await look();
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await reports.keep(report);
    const held = await look();
    if (isDeepStrictEqual(held, report)) return report;
    report = held;
  }
  throw new OwnError(`report ${id}: what it holds changed ${MOST_LOOKS} times while it was kept`);
}

const countOf = (things: Readonly<Record<string, readonly unknown[]>>): number =>
  Object.values(things).reduce((sum, { length }) => sum + length, 0);
