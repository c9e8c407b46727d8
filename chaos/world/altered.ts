import type { SimStore } from '../plan/stores.ts';
import type { FaultPlayer } from './fault-player.ts';
import { enlarged, PADDING } from './network.ts';

export const isOdd = (player: FaultPlayer, { name }: SimStore['platform']): boolean =>
  player.now('odd-texts', ({ platform }) => platform === name) !== undefined;

/** The same JSON object with a text that is allowed in JSON and in no queue. */
export const withOddText = (body: Buffer): Buffer =>
  Buffer.from(body.toString().replace(/^\s*\{(?=\s*")/, '{"odd_text":"a\ufffeb",'));

/** A page of new orders as it is handed out while a fault lasts; undefined leaves it as it is. */
export function alteredPage(player: FaultPlayer, store: SimStore, page: Buffer): Buffer | undefined {
  const large = player.now('large-pages', (fault) => fault.store === store.name) !== undefined;
  const filled = large && (store.poll?.recordsOf(page)?.length ?? 0) > 0;
  const odd = isOdd(player, store.platform);
  if (!filled && !odd) return undefined;
  const whole = filled ? enlarged(page) : page;
  return odd ? withOddText(whole) : whole;
}

/** The same order with more around it than one message can carry, and nothing in it that compresses. */
export function enlarge(body: string): string {
  const order: object = JSON.parse(body);
  return JSON.stringify({ ...order, extended_receipt: PADDING });
}
