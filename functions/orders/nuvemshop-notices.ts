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
  await followApp(reader, event.event, message);
  reader.metrics.add('EventIgnored', 'nuvemshop', 1);
  return undefined;
}

/**
 * The platform asks that no call at all is made for a store that suspended or removed the app (homologation rules), so the
 * pause is not probed. What the shop did meanwhile was never sent, and is left to a reconciliation.
 */
async function followApp(
  { pause, log, metrics }: NoticeReader,
  event: string,
  { receivedAt: at, correlationId }: NuvemshopWebhookMessage,
): Promise<void> {
  if (event === 'app/resumed') {
    if ((await pause.lift('notice', at)) !== undefined) metrics.add('PlatformPaused', 'nuvemshop', 0);
    log.info('the app is welcome again', { event, correlationId });
  }
  const end = event === 'app/suspended' ? 'notice' : event === 'app/uninstalled' ? 'token' : undefined;
  if (end === undefined) return;
  if (await pause.hold(event, REMEDIES[end], { endsBy: end, at })) {
    metrics.add('PlatformPaused', 'nuvemshop', 1);
    log.error('nuvemshop is paused', { cause: event, remedy: REMEDIES[end], correlationId });
  } else {
    log.warn('a notice that stops the app is older than what let it go on; left aside', {
      event,
      correlationId,
    });
  }
}

const REMEDIES = {
  notice:
    'Settle the app subscription in the Nuvemshop panel: app/resumed follows and ends the pause. If it does not, open the ' +
    'installation link.',
  token:
    'Open the installation link (NuvemshopInstallUrl in the outputs of the stack): a new token ends the pause.',
} as const;
