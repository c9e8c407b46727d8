import type { NuvemshopWebhookMessage } from '../../runtime/messages.ts';
import { parseJson } from '../../http/json.ts';
import type { Pause } from '../../storage/circuit-breaker.ts';
import type { PartStore } from '../../storage/chunks.ts';
import { readNuvemshopEvent } from '../../platforms/nuvemshop/event.ts';
import { type PrivacyTopic, readPrivacyNotice } from '../../platforms/nuvemshop/privacy.ts';
import { carryOutPrivacyRequest, type PrivacyDesk } from '../privacy/handle-request.ts';
import type { Delivery } from '../batch.ts';
import { followApp } from './nuvemshop-app.ts';
import { type Recorder, recordUnreadable } from '../order-writer.ts';

export interface NoticeReader extends Recorder {
  storeId: string;
  pause: Pause;
  privacy: PrivacyDesk;
  parts: PartStore;
}

/** The order a notice is about; `undefined` when the notice is dealt with. What can't be understood becomes a row. */
export async function readNotice(
  reader: NoticeReader,
  delivery: Delivery<NuvemshopWebhookMessage>,
): Promise<string | undefined> {
  const { message, bytes } = delivery;
  const unreadable = unreadableTo(reader, delivery);
  if (message.topic !== 'event') {
    await followPrivacyNotice(reader, delivery, message.topic);
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
  delivery: Delivery<NuvemshopWebhookMessage>,
  topic: PrivacyTopic,
): Promise<void> {
  const { message } = delivery;
  const notice = readPrivacyNotice(topic, parseJson(Buffer.from(delivery.bytes).toString('utf8')));
  if (!notice.ok) {
    await unreadableTo(reader, delivery)('privacy-request', `${topic}: ${notice.problem}`);
    return;
  }
  if (notice.storeId === reader.storeId) await carryOutPrivacyRequest(reader.privacy, topic, notice, message);
  else {
    const { storeId, orderIds, dataRequestId } = notice;
    const bytes = Buffer.from(JSON.stringify({ topic, storeId, orderIds, dataRequestId }));
    const problem = `${topic} is of a store that is not this deployment's; nothing was erased`;
    await unreadableTo(reader, { ...delivery, bytes })('foreign-store', problem);
  }
  await reader.parts.forget(message.correlationId, message.payload);
}

const unreadableTo =
  (reader: NoticeReader, delivery: Delivery<NuvemshopWebhookMessage>) =>
  (reason: 'privacy-request' | 'schema-mismatch' | 'foreign-store', problem: string) =>
    recordUnreadable(reader, {
      platform: 'nuvemshop',
      storeId: reader.storeId,
      delivery,
      origin: 'webhook',
      reason,
      problem,
    });
