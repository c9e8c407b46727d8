import { parseJson } from '../../http/json.ts';
import { readNuvemshopEvent } from '../../platforms/nuvemshop/event.ts';
import { type PrivacyTopic, readPrivacyNotice } from '../../platforms/nuvemshop/privacy.ts';
import type { NuvemshopWebhookMessage } from '../../runtime/messages.ts';
import type { ChunkStore } from '../../storage/chunks.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';
import type { QueueMessage } from '../batch.ts';
import { type OrderWriter, quarantine } from '../order-writer.ts';
import { handlePrivacyRequest, type PrivacyContext } from '../privacy/handle-request.ts';
import { followApp } from './nuvemshop-app.ts';

export interface NoticeReader extends OrderWriter {
  storeId: string;
  pause: CircuitBreaker;
  privacy: PrivacyContext;
  parts: ChunkStore;
}

/** The order a notice is about; `undefined` when the notice is dealt with. What can't be understood becomes a row. */
export async function readNotice(
  reader: NoticeReader,
  queued: QueueMessage<NuvemshopWebhookMessage>,
): Promise<string | undefined> {
  const { message, bytes } = queued;
  const unreadable = unreadableTo(reader, queued);
  if (message.topic !== 'event') {
    await followPrivacyNotice(reader, queued, message.topic);
    return undefined;
  }
  const event = readNuvemshopEvent(parseJson(Buffer.from(bytes).toString('utf8')));
  if (!event.ok) {
    await unreadable('schema-mismatch', event.problem);
    return undefined;
  }
  if (event.storeId !== reader.storeId) {
    await unreadable('foreign-store', "the notice is of a store that is not this deployment's");
    return undefined;
  }
  if (event.orderId !== undefined) return event.orderId;
  await followApp(reader, event.event, message);
  reader.metrics.add('EventIgnored', 'nuvemshop', 1);
  return undefined;
}

/**
 * A privacy notice names a person, so nothing of it stays behind once it is carried out. One of another store is shown
 * without the person; one that says not what it is about is kept whole, because somebody has to read it.
 */
async function followPrivacyNotice(
  reader: NoticeReader,
  queued: QueueMessage<NuvemshopWebhookMessage>,
  topic: PrivacyTopic,
): Promise<void> {
  const { message } = queued;
  const notice = readPrivacyNotice(topic, parseJson(Buffer.from(queued.bytes).toString('utf8')));
  if (!notice.ok) {
    await unreadableTo(reader, queued)('privacy-request', `${topic}: ${notice.problem}`);
    return;
  }
  if (notice.storeId === reader.storeId) await handlePrivacyRequest(reader.privacy, topic, notice, message);
  else {
    const { storeId, orderIds, dataRequestId } = notice;
    const bytes = Buffer.from(JSON.stringify({ topic, storeId, orderIds, dataRequestId }));
    const problem = `${topic} is of a store that is not this deployment's; nothing was erased`;
    await unreadableTo(reader, { ...queued, bytes })('foreign-store', problem);
  }
  await reader.parts.forget(message.correlationId, message.payload);
}

const unreadableTo =
  (reader: NoticeReader, queued: QueueMessage<NuvemshopWebhookMessage>) =>
  (reason: 'privacy-request' | 'schema-mismatch' | 'foreign-store', problem: string) =>
    quarantine(reader, {
      platform: 'nuvemshop',
      storeId: reader.storeId,
      queued,
      origin: 'webhook',
      reason,
      problem,
    });
