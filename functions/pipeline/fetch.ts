import type { OrderKey } from '../domain/order-row.ts';
import { prepaid } from '../platforms/admission.ts';
import type { Gate, Verdict } from '../rate-limit/gate.ts';
import { attempt, type Failure, type QueueMessage } from './batch.ts';
import { nextStep } from './failure-policy.ts';
import { readingOf, upsertOrder } from './order-writer.ts';
import { needsRefresh, type RefreshRequest } from './refresh.ts';
import type { StoreContext } from './store-context.ts';

/** What fetches the orders of one store. */
export interface Fetcher extends StoreContext {
  gate: Gate;
  /** In [0, 1). */
  random: () => number;
}

/** While another instance's half-open probe is under way, messages come back after this long (s). */
const BEHIND_PROBE_SECONDS = 60;
/** After the circuit opened, the order's message comes back this soon, to wait with the others (s). */
const AFTER_TRIP_SECONDS = 60;

/**
 * Fetches the orders that messages say have changed: each once for all of its messages that were received before the
 * fetch began. Answers the messages that have to come back.
 */
export async function fetchChanged(
  fetcher: Fetcher,
  byOrder: ReadonlyMap<string, QueueMessage[]>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const requests: RefreshRequest[] = [];
  for (const [orderId, messages] of byOrder) {
    const failed = await attempt(messages, async () => {
      const request = await needsRefresh(fetcher, keyOf(fetcher, orderId), messages);
      if (request !== undefined) requests.push(request);
      const saved = messages.length - (request === undefined ? 0 : 1);
      fetcher.metrics.add('FetchCoalesced', fetcher.platform.name, saved);
    });
    failures.push(...failed);
  }
  const works = requests.length === 0 ? [] : await admit(fetcher, requests);
  const results = await Promise.all(works.map(({ request, run }) => attempt(request.messages, run)));
  return [...failures, ...results.flat()];
}

interface Work {
  request: RefreshRequest;
  run: () => Promise<void>;
}

/** Says for each order whether it is fetched now or waits: for the circuit to close, or for its slot at the bucket. */
async function admit(fetcher: Fetcher, requests: RefreshRequest[]): Promise<Work[]> {
  const permission = await fetcher.connection.check();
  if (!permission.allowed) {
    const seconds = Math.ceil((permission.retryAt - fetcher.clock.now()) / 1000);
    return requests.map((request) => ({ request, run: () => sendToWait(fetcher, request, seconds) }));
  }
  const open = permission.probe ? requests.slice(0, 1) : requests;
  const behind = requests.slice(open.length);
  const verdicts = await fetcher.gate.admit(open.map(toWaiting));
  return [
    ...behind.map((request) => ({
      request,
      run: () => sendToWait(fetcher, request, BEHIND_PROBE_SECONDS),
    })),
    ...open.map((request) => ({ request, run: () => follow(fetcher, request, verdicts) })),
  ];
}

const toWaiting = ({ orderId, priority, scheduledAt }: RefreshRequest) => ({
  id: orderId,
  priority,
  ...(scheduledAt === undefined ? {} : { scheduledAt }),
});

async function follow(fetcher: Fetcher, request: RefreshRequest, verdicts: Verdict[]): Promise<void> {
  const verdict = verdicts.find(({ id }) => id === request.orderId);
  if (verdict === undefined) throw new Error(`the gate said nothing about order ${request.orderId}`);
  if (verdict.go) await fetchAndUpsert(fetcher, request);
  else await sendToWait(fetcher, request, verdict.delaySeconds, verdict.scheduledAt);
}

/** Fetches one order and writes it; what the platform's failure asks for is done here, our own failures are thrown. */
async function fetchAndUpsert(fetcher: Fetcher, request: RefreshRequest): Promise<void> {
  const { clock, metrics, queue, platform, store, connection } = fetcher;
  const { message } = request.newest;
  const { correlationId } = message;
  const observedAt = clock.now();
  const receivedAt = Math.min(...request.messages.map((one) => one.message.receivedAt));
  // What is fetched in bulk may wait for hours and is not late.
  if (request.priority === 'urgent')
    metrics.add('MessageAgeSeconds', platform.name, Math.max(0, observedAt - receivedAt) / 1000);
  const key = keyOf(fetcher, request.orderId);
  const observation = { key, observedAt, receivedAt, origin: request.origin, correlationId };
  const { order } = platform.resources;
  try {
    const api = connection.api({ correlationId, admit: prepaid(platform.name, connection.bucket) });
    const { json, bytes } = await order.get(api, request.orderId);
    await connection.succeeded();
    const reading = readingOf(order.normalise(json, store));
    const { lookAgainInSeconds } = await upsertOrder(fetcher, { ...observation, reading, bytes });
    if (lookAgainInSeconds !== undefined) await queue.send(anew(message, clock.now()), lookAgainInSeconds);
  } catch (error) {
    const attempts = Math.max(...request.messages.map((one) => one.message.attempts));
    const next = nextStep(error, attempts, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'needs-review') {
      await upsertOrder(fetcher, { ...observation, reading: { review: next }, bytes: request.newest.bytes });
    } else if (next.step === 'again') {
      await sendAgain(fetcher, request, next.delaySeconds, { attempts: attempts + 1 });
      metrics.add('MessageRetried', platform.name, 1);
    } else {
      await connection.failed(error, correlationId);
      await sendToWait(fetcher, request, AFTER_TRIP_SECONDS);
    }
  }
}

/** Sends the newest message again, to come back after `delaySeconds`, at its slot when the bucket gave it one. */
async function sendToWait(
  fetcher: Fetcher,
  request: RefreshRequest,
  delaySeconds: number,
  scheduledAt?: number,
): Promise<void> {
  await sendAgain(fetcher, request, delaySeconds, scheduledAt === undefined ? {} : { scheduledAt });
  fetcher.metrics.add('MessageWaited', fetcher.platform.name, 1);
}

/**
 * One message waits for all of its order: the fetch it leads to begins after all of them were received. That is written
 * down before it is sent, because the others are gone for good once it is.
 */
async function sendAgain(
  { pending, queue, clock }: Fetcher,
  { orderId, newest, staleSince, priority }: RefreshRequest,
  delaySeconds: number,
  change: { scheduledAt?: number; attempts?: number },
): Promise<void> {
  const { message } = newest;
  const scheduledAt = change.scheduledAt ?? clock.now() + delaySeconds * 1000;
  await pending.schedule(orderId, { me: message.correlationId, scheduledAt, staleSince, priority });
  await queue.send({ ...message, ...change, scheduledAt }, delaySeconds);
}

const anew = ({ scheduledAt: _, ...message }: QueueMessage['message'], receivedAt: number) => ({
  ...message,
  receivedAt,
});

const keyOf = ({ platform, store }: Fetcher, platformOrderId: string): OrderKey => ({
  platform: platform.name,
  storeId: store.id,
  platformOrderId,
});
