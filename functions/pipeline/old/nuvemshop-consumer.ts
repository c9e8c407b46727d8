import type { Gate, Verdict } from '../../rate-limit/gate.ts';
import type { NuvemshopMessage } from '../../runtime/messages.ts';
import { type Failure, processEach, type QueueMessage } from '../batch.ts';
import { eraseStore } from '../privacy/handle-request.ts';
import { needsRefresh, type RefreshRequest } from './nuvemshop-dirty.ts';
import { fetchAndRecord, type NuvemshopFetcher, sendToWait } from './nuvemshop-fetch.ts';
import { type NoticeReader, readNotice } from './nuvemshop-notices.ts';

type NuvemshopDelivery = QueueMessage<NuvemshopMessage>;

export interface NuvemshopConsumer extends NuvemshopFetcher, NoticeReader {
  gate: Gate;
}

/** While another instance's probe is under way, messages come back after this long (s). */
const BEHIND_PROBE_SECONDS = 60;

/**
 * Works through a batch of Nuvemshop notices and requests to fetch an order again. A notice says no more than "order X
 * changed", so the order is fetched: once for all of its messages that were received before the fetch began. Answers the deliveries that have to come back.
 */
export async function consumeNuvemshop(
  consumer: NuvemshopConsumer,
  messages: NuvemshopDelivery[],
): Promise<Failure[]> {
  const byOrder = new Map<string, NuvemshopDelivery[]>();
  const failures = await processEach(messages, async (queued) => {
    const orderId = await orderOf(consumer, queued);
    if (orderId !== undefined) byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), queued]);
  });
  const toFetch: RefreshRequest[] = [];
  for (const [orderId, group] of byOrder) {
    const failed = await attempt(group, async () => {
      const request = await needsRefresh(consumer, orderId, group);
      if (request !== undefined) toFetch.push(request);
      consumer.metrics.add('FetchCoalesced', 'nuvemshop', group.length - (request === undefined ? 0 : 1));
    });
    failures.push(...failed);
  }
  const works = toFetch.length === 0 ? [] : await admit(consumer, toFetch);
  const results = await Promise.all(works.map(({ group, run }) => attempt(group.messages, run)));
  return [...failures, ...results.flat()];
}

/** The order to fetch for a delivery; `undefined` when it is dealt with. */
async function orderOf(
  consumer: NuvemshopConsumer,
  { message, ...queued }: NuvemshopDelivery,
): Promise<string | undefined> {
  switch (message.kind) {
    case 'nuvemshop.webhook':
      return readNotice(consumer, { ...queued, message });
    case 'nuvemshop.refetch':
      return message.orderId;
    case 'nuvemshop.erase-store':
      await eraseStore(consumer.privacy, message);
      return undefined;
  }
}

interface Work {
  group: RefreshRequest;
  run: () => Promise<void>;
}

/** Says for each order whether it is fetched now or waits: for the platform to work again, or for its turn at the bucket. */
async function admit(consumer: NuvemshopConsumer, groups: RefreshRequest[]): Promise<Work[]> {
  const permission = await consumer.pause.check();
  consumer.metrics.add('PlatformPaused', 'nuvemshop', permission.allowed && !permission.probe ? 0 : 1);
  if (!permission.allowed) {
    const seconds = Math.ceil((permission.retryAt - consumer.clock.now()) / 1000);
    return groups.map((group) => ({ group, run: () => sendToWait(consumer, group, seconds) }));
  }
  const open = permission.probe ? groups.slice(0, 1) : groups;
  const held = groups.slice(open.length);
  const verdicts = await consumer.gate.admit(open.map(toWaiting));
  return [
    ...held.map((group) => ({ group, run: () => sendToWait(consumer, group, BEHIND_PROBE_SECONDS) })),
    ...open.map((group) => ({ group, run: () => follow(consumer, group, verdicts) })),
  ];
}

const toWaiting = ({ orderId, priority, scheduledAt }: RefreshRequest) => ({
  id: orderId,
  priority,
  ...(scheduledAt === undefined ? {} : { scheduledAt }),
});

async function follow(
  consumer: NuvemshopConsumer,
  group: RefreshRequest,
  verdicts: Verdict[],
): Promise<void> {
  const verdict = verdicts.find(({ id }) => id === group.orderId);
  if (verdict === undefined) throw new Error(`the gate said nothing about order ${group.orderId}`);
  if (verdict.go) await fetchAndRecord(consumer, group);
  else await sendToWait(consumer, group, verdict.delaySeconds, verdict.scheduledAt);
}

/** Runs one order's work; if it fails, every delivery of the order comes back. */
async function attempt(group: NuvemshopDelivery[], run: () => Promise<void>): Promise<Failure[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return group.map(({ messageId, message }) => ({
      messageId,
      correlationId: message.correlationId,
      error,
    }));
  }
}
