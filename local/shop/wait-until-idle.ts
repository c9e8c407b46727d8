import type { Shop } from './shop.ts';
import { serversOf } from './stores.ts';

/** A platform may take only a few calls a minute: polls that find no token yet are tried again this often (ms). */
const BETWEEN_POLLS_MS = 500;
/** An endpoint of the merchant's system that is down is tried again for as long as it takes: nobody waits for that. */
const PATIENT_QUEUES = ['Erp/Webhooks/Deliveries'];

/**
 * Waits until nothing is under way: every webhook delivered, every order read that has to be polled, every queue empty.
 *
 * @throws LocalCloudError when it does not come to rest in time, naming what is still there.
 */
export async function waitUntilIdle(shop: Shop, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  const left = () => Math.max(1000, until - Date.now());
  await Promise.all(serversOf(shop.stores).map(({ world }) => world.settled()));
  const toRead = () => shop.stores.some(({ poll }) => poll !== undefined && poll.unread() > 0);
  while (toRead() && Date.now() < until) {
    await shop.poll();
    if (toRead()) await new Promise((resolve) => setTimeout(resolve, BETWEEN_POLLS_MS));
  }
  await shop.cloud.idle({ withinMs: left(), but: PATIENT_QUEUES });
}
