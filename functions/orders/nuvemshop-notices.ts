import type { NuvemshopWebhookMessage } from '../contract/messages.ts';
import { parseJson } from '../http/json.ts';
import type { Pause } from '../pause/pause.ts';
import { readNuvemshopEvent } from '../platforms/nuvemshop/event.ts';
import type { Delivery } from './deliveries.ts';
import { type Recorder, recordUnreadable } from './record.ts';

export interface NoticeReader extends Recorder {
  storeId: string;
  pause: Pause;
}

/** The order a notice is about; `undefined` when the notice is dealt with. What can't be understood becomes a row. */
export async function readNotice(
  reader: NoticeReader,
  delivery: Delivery<NuvemshopWebhookMessage>,
): Promise<string | undefined> {
  const { message, bytes } = delivery;
  const unreadable = (reason: 'privacy-request' | 'schema-mismatch' | 'foreign-store', problem: string) =>
    recordUnreadable(reader, {
      platform: 'nuvemshop',
      storeId: reader.storeId,
      delivery,
      origin: 'webhook',
      reason,
      problem,
    });
  if (message.topic !== 'event') {
    await unreadable('privacy-request', `${message.topic} has to be carried out by a person`);
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
  await followApp(reader.pause, event.event);
  reader.metrics.add('EventIgnored', 'nuvemshop', 1);
  return undefined;
}

/** The platform asks that no call is made for a store that suspended or removed the app (homologation rules). */
async function followApp(pause: Pause, event: string): Promise<void> {
  if (event === 'app/resumed') await pause.resume();
  if (event === 'app/suspended')
    await pause.pause(
      event,
      'Settle the app subscription in the Nuvemshop panel; calls resume by themselves.',
    );
  if (event === 'app/uninstalled')
    await pause.pause(event, 'Install the app again and put the new access token into its secret.');
}
