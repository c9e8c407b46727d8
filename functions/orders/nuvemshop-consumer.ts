import type { NuvemshopWebhookMessage } from '../contract/messages.ts';
import type { Gate, Verdict } from '../throttle/gate.ts';
import { type Delivery, eachDelivery, type Failure } from './deliveries.ts';
import { fetchAndRecord, type NuvemshopFetcher, orderKey, sendToWait } from './nuvemshop-fetch.ts';
import { readNotice } from './nuvemshop-notices.ts';

type NuvemshopDelivery = Delivery<NuvemshopWebhookMessage>;

export interface NuvemshopConsumer extends NuvemshopFetcher {
  gate: Gate;
}

/** One order that changed, with every delivery of this batch that says so. */
export interface Dirty {
  orderId: string;
  deliveries: NuvemshopDelivery[];
  /** The delivery received last: one fetch after it serves them all, so it alone waits when they have to. */
  newest: NuvemshopDelivery;
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;
/** While another instance's probe is under way, messages come back after this long. */
const BEHIND_PROBE_SECONDS = 60;

/**
 * Works through a batch of Nuvemshop notices. A notice says no more than "order X changed", so the order is fetched: once
 * for all notices of it that were received before the fetch began. Answers the deliveries that have to come back.
 */
export async function consumeNuvemshop(
  consumer: NuvemshopConsumer,
  deliveries: NuvemshopDelivery[],
): Promise<Failure[]> {
  const byOrder = new Map<string, NuvemshopDelivery[]>();
  const unread = await eachDelivery(deliveries, async (delivery) => {
    const orderId = await readNotice(consumer, delivery);
    if (orderId !== undefined) byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), delivery]);
  });
  const groups = [...byOrder].map(([orderId, group]) => ({
    orderId,
    deliveries: group,
    newest: newestOf(group),
  }));
  const { failures, toFetch } = await leaveOutServed(consumer, groups);
  const works = toFetch.length === 0 ? [] : await admit(consumer, toFetch);
  const results = await Promise.all(works.map(({ group, run }) => attempt(group, run)));
  return [...unread, ...failures, ...results.flat()];
}

/** Leaves out the orders that were fetched after the last of their notices came in. */
async function leaveOutServed(consumer: NuvemshopConsumer, groups: Dirty[]) {
  const toFetch: Dirty[] = [];
  const failures: Failure[] = [];
  for (const group of groups) {
    const failed = await attempt(group, async () => {
      const row = await consumer.orders.get(orderKey(consumer, group.orderId));
      const served = row?.state === 'ok' && row.asOf > group.newest.message.receivedAt + CLOCK_MARGIN_MS;
      if (!served) toFetch.push(group);
      consumer.metrics.add('FetchCoalesced', 'nuvemshop', group.deliveries.length - (served ? 0 : 1));
    });
    failures.push(...failed);
  }
  return { failures, toFetch };
}

interface Work {
  group: Dirty;
  run: () => Promise<void>;
}

/** Says for each order whether it is fetched now or waits: for the platform to work again, or for its turn at the bucket. */
async function admit(consumer: NuvemshopConsumer, groups: Dirty[]): Promise<Work[]> {
  const passage = await consumer.pause.passage();
  consumer.metrics.add('PlatformPaused', 'nuvemshop', passage.go && !passage.probe ? 0 : 1);
  if (!passage.go) {
    const seconds = Math.ceil((passage.retryAt - consumer.clock.now()) / 1000);
    return groups.map((group) => ({ group, run: () => sendToWait(consumer, group, seconds) }));
  }
  const open = passage.probe ? groups.slice(0, 1) : groups;
  const held = groups.slice(open.length);
  const verdicts = await consumer.gate.admit(open.map(toWaiting));
  return [
    ...held.map((group) => ({ group, run: () => sendToWait(consumer, group, BEHIND_PROBE_SECONDS) })),
    ...open.map((group) => ({ group, run: () => follow(consumer, group, verdicts) })),
  ];
}

// An order whose buyer is waiting goes before stock and backfill.
const toWaiting = ({ orderId, newest }: Dirty) => ({
  id: orderId,
  cls: 'urgent' as const,
  ...(newest.message.turn === undefined ? {} : { turn: newest.message.turn }),
});

async function follow(consumer: NuvemshopConsumer, group: Dirty, verdicts: Verdict[]): Promise<void> {
  const verdict = verdicts.find(({ id }) => id === group.orderId);
  if (verdict === undefined) throw new Error(`the gate said nothing about order ${group.orderId}`);
  if (verdict.go) await fetchAndRecord(consumer, group);
  else await sendToWait(consumer, group, verdict.delaySeconds, verdict.turn);
}

const newestOf = ([first, ...others]: NuvemshopDelivery[]): NuvemshopDelivery => {
  if (first === undefined) throw new Error('a group of notices is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};

/** Runs one order's work; if it fails, every delivery of the order comes back. */
async function attempt(group: Dirty, run: () => Promise<void>): Promise<Failure[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return group.deliveries.map(({ messageId, message }) => ({
      messageId,
      correlationId: message.correlationId,
      error,
    }));
  }
}
