import { merchantNamed } from '../../config/merchant.ts';
import { openShop } from '../../local/shop/shop.ts';
import { openTable } from '../../local/shop/table.ts';
import { pathOf } from './ack-app.ts';
import { orderBodies } from './measure-rows.ts';
import { pushingStore } from './pushing-store.ts';

/** What became of webhooks that came as fast as the machine could take them. */
export interface LoadFigures {
  sent: number;
  /** Answered 200; the platform would send the others again. */
  acknowledged: number;
  /** Acknowledged, and neither a row nor a dead letter in the end. */
  lost: number;
  /** Acknowledged per second. */
  perSecond: number;
}

/** More than the receivers can work on at once, so that they never wait for a webhook. */
const IN_FLIGHT = 48;

/**
 * Sends webhooks of `count` different orders to the whole deployment, as fast as it takes them, and looks for each that was
 * acknowledged.
 *
 * @throws Error when one is lost.
 */
export async function measureLoad(count: number): Promise<LoadFigures> {
  const shop = await openShop({ merchant: merchantNamed('demo'), seed: 1 });
  const table = openTable(shop.cloud);
  try {
    const store = pushingStore(shop.stores);
    const url = `${shop.cloud.apiUrl}${pathOf(store)}`;
    const toSend = orderBodies(shop, 'load', count);
    const acknowledged = new Set<string>();
    const sender = async () => {
      for (let next = toSend.pop(); next !== undefined; next = toSend.pop()) {
        const headers = store.webhooks?.headersFor(next.body) ?? {};
        const answer = await fetch(url, { method: 'POST', headers, body: next.body }).catch(() => undefined);
        await answer?.arrayBuffer();
        if (answer?.status === 200) acknowledged.add(next.orderId);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
    const seconds = (performance.now() - startedAt) / 1000;
    await shop.cloud.idle(60_000 + count * 100);
    const visible = new Set((await table.all()).map(({ platformOrderId }) => platformOrderId));
    const dead = JSON.stringify(
      (await shop.cloud.queues())
        .filter(({ isDeadLetter }) => isDeadLetter)
        .map(({ logicalId }) => shop.cloud.peek(logicalId)),
    );
    const lost = [...acknowledged].filter((id) => !visible.has(id) && !dead.includes(id));
    if (lost.length > 0)
      throw new Error(
        `${lost.length} of ${acknowledged.size} acknowledged orders are nowhere, such as ${lost[0]}`,
      );
    return {
      sent: count,
      acknowledged: acknowledged.size,
      lost: 0,
      perSecond: acknowledged.size / seconds,
    };
  } finally {
    table.close();
    await shop.close();
  }
}
