import type { Normalised, PlatformName } from '../domain/order.ts';
import type { OrderKey, Origin } from '../domain/order-row.ts';
import { PlatformError } from '../http/errors.ts';
import { prepaid } from '../platforms/connection.ts';
import { type Gate, mostUrgent, type Verdict } from '../rate-limit/gate.ts';
import type { Priority } from '../rate-limit/limits.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { MAX_DELAY_SECONDS, type Message } from '../runtime/queue.ts';
import { attempt, type Failure, type QueueMessage } from './batch.ts';
import { nextStep } from './failure-policy.ts';
import { bytesToKeep, readingOf, upsertOrder } from './order-writer.ts';
import type { StoreContext } from './store-context.ts';

/** One order that changed and was not fetched since, with every message of the batch that says so. */
export interface RefreshRequest {
  orderId: string;
  messages: QueueMessage[];
  /** The message received last of the most urgent: the fetch it leads to serves them all, so it alone waits when they have to. */
  newest: QueueMessage;
  /** Epoch ms after which a fetch has to begin to serve everything that counts on this one. */
  staleSince: number;
  /** The most urgent among the messages: a backfill never makes a buyer's order wait. */
  priority: Priority;
  origin: Origin;
  /** When the line of this priority promised a slot; absent when none of its messages stood in it. */
  scheduledAt?: number;
}

/** A fetch serves an event only if it began this much after the event was received, because instances' clocks differ (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * Decides whether an order still has to be fetched for these messages. `undefined` when it need not: it was fetched after
 * the last of them came in, or another message that waits in the queue will fetch it.
 */
export async function needsRefresh(
  { orders, pending }: Pick<StoreContext, 'orders' | 'pending'>,
  key: OrderKey,
  messages: QueueMessage[],
): Promise<RefreshRequest | undefined> {
  const orderId = key.platformOrderId;
  const priority = mostUrgent(messages.map(({ message }) => priorityOf(message)));
  const foremost = messages.filter(({ message }) => priorityOf(message) === priority);
  const newest = newestOf(foremost);
  const { correlationId } = newest.message;
  const receivedAt = Math.max(...messages.map(({ message }) => message.receivedAt));
  const [row, fetch] = await Promise.all([orders.get(key), pending.get(orderId)]);
  const ours = messages.some(({ message }) => message.correlationId === fetch?.owner);
  // Events that joined this fetch were forgotten by the queue: their time is kept beside it, and it counts for whoever owns it.
  const staleSince = Math.max(receivedAt, ours ? (fetch?.staleSince ?? 0) : 0);
  if (row?.state === 'ok' && row.observedAt > staleSince + CLOCK_MARGIN_MS) return undefined;
  const stoodInLine = messages.some(({ message }) => message.scheduledAt !== undefined);
  const joins = !stoodInLine && !ours;
  if (joins && (await pending.coalesce(orderId, { me: correlationId, receivedAt, priority })))
    return undefined;
  const slots = foremost.map(({ message }) => message.scheduledAt).filter((slot) => slot !== undefined);
  return {
    orderId,
    messages,
    newest,
    staleSince,
    priority,
    origin: newest.message.kind === 'refresh' ? newest.message.origin : 'webhook',
    ...(slots.length > 0 ? { scheduledAt: Math.min(...slots) } : {}),
  };
}

// An order whose buyer is waiting goes before stock and backfill.
const priorityOf = (message: Message): Priority => (message.kind === 'refresh' ? message.priority : 'urgent');

const newestOf = ([first, ...others]: QueueMessage[]): QueueMessage => {
  if (first === undefined) throw new OwnError('a group of messages is empty');
  return others.reduce(
    (newest, next) => (next.message.receivedAt >= newest.message.receivedAt ? next : newest),
    first,
  );
};

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

/** What became of messages that say that an order changed; one that is not named is done and gone. */
export interface Fetched {
  failures: Failure[];
  /** Sent again by us, to be received once more. */
  sentAgain: QueueMessage[];
}

/**
 * Fetches the orders that messages say have changed: each once for all of its messages that were received before the
 * fetch began.
 */
export async function fetchChanged(
  fetcher: Fetcher,
  byOrder: ReadonlyMap<string, QueueMessage[]>,
): Promise<Fetched> {
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
  const sentAgain: QueueMessage[] = [];
  const results = await Promise.all(
    works.map(({ request, run }) =>
      attempt(request.messages, async () => {
        if ((await run()) === 'sent-again') sentAgain.push(request.newest);
      }),
    ),
  );
  return { failures: [...failures, ...results.flat()], sentAgain };
}

/** Whether the newest message of an order was sent again, or is done with. */
type Outcome = 'sent-again' | 'done';

interface Work {
  request: RefreshRequest;
  run: () => Promise<Outcome>;
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

async function follow(fetcher: Fetcher, request: RefreshRequest, verdicts: Verdict[]): Promise<Outcome> {
  const verdict = verdicts.find(({ id }) => id === request.orderId);
  if (verdict === undefined) throw new OwnError(`the gate said nothing about order ${request.orderId}`);
  if (verdict.go) return fetchAndUpsert(fetcher, request);
  return sendToWait(fetcher, request, verdict.delaySeconds, verdict.scheduledAt);
}

/** Fetches one order and writes it; what the platform's failure asks for is done here, our own failures are thrown. */
async function fetchAndUpsert(fetcher: Fetcher, request: RefreshRequest): Promise<Outcome> {
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
    const read = order.normalise(json, store);
    checkAnswer(read, request.orderId, platform.name);
    const found = { reading: readingOf(read), bytes: bytesToKeep(read, bytes), asked: true };
    const { lookAgainInSeconds } = await upsertOrder(fetcher, { ...observation, ...found });
    if (lookAgainInSeconds !== undefined) {
      await queue.send(anew(message, clock.now()), lookAgainInSeconds);
      return 'sent-again';
    }
    await lookForTheRest(fetcher, request, read);
    return 'done';
  } catch (error) {
    const attempts = Math.max(...request.messages.map((one) => one.message.attempts));
    const next = nextStep(error, attempts, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'needs-review') {
      await upsertOrder(fetcher, { ...observation, reading: { review: next }, bytes: request.newest.bytes });
      return 'done';
    }
    if (next.step === 'again') {
      await sendAgain(fetcher, request, next.delaySeconds, { attempts: attempts + 1 });
      metrics.add('MessageRetried', platform.name, 1);
      return 'sent-again';
    }
    await connection.failed(error, correlationId);
    return sendToWait(fetcher, request, AFTER_TRIP_SECONDS);
  }
}

/** The order that was asked for, and no other: an answer from somebody's cache must not overwrite another order's row. */
function checkAnswer(read: Normalised, orderId: string, platform: PlatformName): void {
  const answered = read.ok ? read.order.platformOrderId : read.platformOrderId;
  if (answered === undefined || answered === orderId) return;
  throw new PlatformError({
    platform,
    operation: 'orders.get',
    kind: 'retry-later',
    status: 200,
    detail: `Asked for order ${orderId}, the platform answered with order ${answered}.`,
  });
}

/** Looks for what the platform adds later, each after twice as long: half an hour in all, where the first is 10 s away. */
const MAX_LOOKS = 8;
/** What an order of yesterday lacks does not come any more (ms). */
const YOUNG_MS = 24 * 3_600_000;

/**
 * Asks again for an order that is not complete yet, a bounded number of times. Reconciliation finds what is not complete even
 * then.
 */
async function lookForTheRest(
  { queue, clock }: Fetcher,
  { newest: { message }, orderId }: RefreshRequest,
  read: Normalised,
): Promise<void> {
  const looks = message.kind === 'refresh' ? (message.looks ?? 0) : 0;
  if (!read.ok || read.incomplete === undefined || looks >= MAX_LOOKS) return;
  const { placedAt, storeId } = read.order;
  if (placedAt !== undefined && Date.parse(placedAt) < clock.now() - YOUNG_MS) return;
  const again: Message = {
    v: 1,
    kind: 'refresh',
    correlationId: message.correlationId,
    receivedAt: clock.now(),
    attempts: 0,
    storeId,
    orderId,
    origin: 'reconcile',
    priority: 'normal',
    looks: looks + 1,
  };
  await queue.send(again, Math.min(MAX_DELAY_SECONDS, read.incomplete.lookAgainInSeconds * 2 ** looks));
}

/** Sends the newest message again, to come back after `delaySeconds`, at its slot when the bucket gave it one. */
async function sendToWait(
  fetcher: Fetcher,
  request: RefreshRequest,
  delaySeconds: number,
  scheduledAt?: number,
): Promise<Outcome> {
  await sendAgain(fetcher, request, delaySeconds, scheduledAt === undefined ? {} : { scheduledAt });
  fetcher.metrics.add('MessageWaited', fetcher.platform.name, 1);
  return 'sent-again';
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
