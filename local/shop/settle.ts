import { eachPlatform } from './platforms.ts';
import type { Shop } from './shop.ts';

/** iMotriz hands out 30 orders a call and a few calls a minute: polls that find no token yet are tried again this often (ms). */
const BETWEEN_POLLS_MS = 500;

/**
 * Waits until nothing is under way: every webhook delivered, everything drained from iMotriz, every queue empty.
 *
 * @throws LocalCloudError when it does not come to rest in time, naming what is still there.
 */
export async function settle(shop: Shop, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  const left = () => Math.max(1000, until - Date.now());
  await Promise.all(eachPlatform(shop.platforms).map(({ world }) => world.settled()));
  const toRead = () =>
    shop.platforms.imotriz?.world.truth().some(({ synchronised }) => !synchronised) ?? false;
  while (toRead() && Date.now() < until) {
    await shop.poll();
    if (toRead()) await new Promise((resolve) => setTimeout(resolve, BETWEEN_POLLS_MS));
  }
  await shop.cloud.idle(left());
}
