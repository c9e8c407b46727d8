import { normalisePageRecord } from '../../platforms/imotriz/normalise.ts';
import { type PageRecord, readPage } from '../../platforms/imotriz/page.ts';
import type { ImotrizSettings } from '../../platforms/settings.ts';
import type { ImotrizPageMessage } from '../../runtime/messages.ts';
import { describeError, type Failure, processEach, type QueueMessage } from '../batch.ts';
import { type OrderWriter, quarantine, upsertOrder } from '../order-writer.ts';

export interface ImotrizConsumer extends OrderWriter {
  settings: ImotrizSettings;
}

/** Records of a page that are written at the same time. */
const AT_ONCE = 6;

/** Works through pages of iMotriz orders; every record stands for itself. */
export function consumeImotriz(
  consumer: ImotrizConsumer,
  messages: QueueMessage<ImotrizPageMessage>[],
): Promise<Failure[]> {
  return processEach(messages, (queued) => consumePage(consumer, queued));
}

async function consumePage(
  consumer: ImotrizConsumer,
  queued: QueueMessage<ImotrizPageMessage>,
): Promise<void> {
  const { settings, metrics, clock, log } = consumer;
  const { message, bytes } = queued;
  metrics.add('MessageAgeSeconds', 'imotriz', Math.max(0, clock.now() - message.receivedAt) / 1000);
  const page = readPage(bytes);
  if (!page.ok) {
    const found = { platform: 'imotriz', storeId: settings.storeId, queued, origin: 'poll' } as const;
    await quarantine(consumer, { ...found, reason: page.reason, problem: page.problem });
    return;
  }
  if (page.warnings.length > 0) {
    log.warn('page is odd', { correlationId: message.correlationId, warnings: page.warnings });
  }
  const failed: string[] = [];
  const worker = async (records: PageRecord[]) => {
    for (const one of records) {
      await consumeRecord(consumer, queued, one).catch((error: unknown) => {
        failed.push(`record ${one.index}: ${describeError(error)}`);
      });
    }
  };
  const share = Math.ceil(page.records.length / AT_ONCE);
  const shares = Array.from({ length: AT_ONCE }, (_, nth) =>
    page.records.slice(nth * share, (nth + 1) * share),
  );
  await Promise.all(shares.map(worker));
  // The others are in the table; the page comes back for these, and what is there already stays as it is.
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${page.records.length} records failed: ${failed.join('; ')}`);
}

async function consumeRecord(
  consumer: ImotrizConsumer,
  { message }: QueueMessage<ImotrizPageMessage>,
  one: PageRecord,
): Promise<void> {
  const { settings } = consumer;
  const read = normalisePageRecord(one, settings);
  const platformOrderId = read.ok
    ? read.order.platformOrderId
    : (read.platformOrderId ?? `record-${one.index}`);
  await upsertOrder(consumer, {
    key: { platform: 'imotriz', storeId: settings.storeId, platformOrderId },
    reading: read.ok ? read : { review: { reason: read.reason, problem: read.problem } },
    observedAt: message.receivedAt,
    receivedAt: message.receivedAt,
    origin: 'poll',
    correlationId: message.correlationId,
    bytes: Buffer.from(one.raw, 'utf8'),
  });
}
