import { fieldsOf, nameOf, type Resource, type Subject } from '../domain/resource.ts';
import { PlatformError } from '../http/errors.ts';
import { prepaid } from '../platforms/connection.ts';
import type { Gate, Verdict } from '../rate-limit/gate.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { MAX_DELAY_SECONDS, type Message } from '../runtime/queue.ts';
import { attempt, type Failure, type QueueMessage } from './batch.ts';
import { nextStep } from './failure-policy.ts';
import type { About, Fetchable } from './fetchable.ts';
import { fetchedOrders } from './fetched-order.ts';
import { fetchedProducts } from './fetched-product.ts';
import { type Changed, needsRefresh, type RefreshRequest } from './refresh-request.ts';
import type { StoreContext } from './store-context.ts';

/** What fetches the orders and products of one store. */
export interface Fetcher extends StoreContext {
  gate: Gate;
  /** In [0, 1). */
  random: () => number;
}

/** While another instance's half-open probe is under way, messages come back after this long (s). */
const BEHIND_PROBE_SECONDS = 60;
/** After the circuit opened, the message comes back this soon, to wait with the others (s). */
const AFTER_TRIP_SECONDS = 60;

/** What became of messages that say that something changed; one that is not named is done and gone. */
export interface Fetched {
  failures: Failure[];
  /** Sent again by us, to be received once more. */
  sentAgain: QueueMessage[];
}

const FETCHABLE: Readonly<Record<Resource, Fetchable>> = { order: fetchedOrders, product: fetchedProducts };

/**
 * Fetches what messages say has changed: each thing once for all of its messages that were received before the fetch began.
 */
export async function fetchChanged(fetcher: Fetcher, changed: Iterable<Changed>): Promise<Fetched> {
  const failures: Failure[] = [];
  const requests: RefreshRequest[] = [];
  const { pending } = fetcher;
  const understoodAt = ({ resource, id }: Subject) => FETCHABLE[resource].understoodAt(fetcher, id);
  for (const one of changed) {
    const { messages } = one;
    const failed = await attempt(messages, async () => {
      const request = await needsRefresh({ understoodAt, pending }, one);
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

/** Whether the newest message of a request was sent again, or is done with. */
type Outcome = 'sent-again' | 'done';

interface Work {
  request: RefreshRequest;
  run: () => Promise<Outcome>;
}

/** Says of each request whether it is fetched now or waits: for the circuit to close, or for its slot at the bucket. */
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

const toWaiting = ({ subject, priority, scheduledAt }: RefreshRequest) => ({
  id: nameOf(subject),
  priority,
  ...(scheduledAt === undefined ? {} : { scheduledAt }),
});

async function follow(fetcher: Fetcher, request: RefreshRequest, verdicts: Verdict[]): Promise<Outcome> {
  const name = nameOf(request.subject);
  const verdict = verdicts.find(({ id }) => id === name);
  if (verdict === undefined) throw new OwnError(`the gate said nothing about ${name}`);
  if (verdict.go) return fetchAndUpsert(fetcher, request);
  return sendToWait(fetcher, request, verdict.delaySeconds, verdict.scheduledAt);
}

/** Fetches one thing and writes it; what the platform's failure asks for is done here, our own failures are thrown. */
async function fetchAndUpsert(fetcher: Fetcher, request: RefreshRequest): Promise<Outcome> {
  const { clock, metrics, queue, platform, connection } = fetcher;
  const { subject, origin } = request;
  const { message } = request.newest;
  const { correlationId } = message;
  const observedAt = clock.now();
  const receivedAt = Math.min(...request.messages.map((one) => one.message.receivedAt));
  // What is fetched in bulk may wait for hours and is not late.
  if (request.priority === 'urgent')
    metrics.add('MessageAgeSeconds', platform.name, Math.max(0, observedAt - receivedAt) / 1000);
  const about: About = { id: subject.id, observedAt, receivedAt, origin, correlationId };
  const fetchable = FETCHABLE[subject.resource];
  try {
    const api = connection.api({ correlationId, admit: prepaid(platform.name, connection.bucket) });
    const write = await fetchable.ask(fetcher, api, subject.id);
    await connection.succeeded();
    const { contradicts, incomplete } = await write(about);
    if (contradicts !== undefined) {
      await queue.send(anew(message, clock.now()), contradicts.lookAgainInSeconds);
      return 'sent-again';
    }
    if (incomplete !== undefined) await lookForTheRest(fetcher, request, incomplete);
    return 'done';
  } catch (error) {
    const attempts = Math.max(...request.messages.map((one) => one.message.attempts));
    if (error instanceof PlatformError && (await fetchable.recordFailure?.(fetcher, about, error, attempts)))
      return 'done';
    const next = nextStep(error, attempts, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'needs-review') {
      await fetchable.showProblem(fetcher, about, next, request.newest.bytes);
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

/** Looks for what the platform adds later, each after twice as long: half an hour in all, where the first is 10 s away. */
const MAX_LOOKS = 8;

/**
 * Asks again for what is not complete yet, a bounded number of times. Reconciliation finds what is not complete even then.
 */
async function lookForTheRest(
  { queue, clock, store }: Fetcher,
  { newest: { message }, subject }: RefreshRequest,
  { lookAgainInSeconds }: { lookAgainInSeconds: number },
): Promise<void> {
  const looks = message.kind === 'refresh' ? (message.looks ?? 0) : 0;
  if (looks >= MAX_LOOKS) return;
  const again: Message = {
    v: 1,
    kind: 'refresh',
    correlationId: message.correlationId,
    receivedAt: clock.now(),
    attempts: 0,
    storeId: store.id,
    ...fieldsOf(subject),
    origin: 'reconcile',
    priority: 'normal',
    looks: looks + 1,
  };
  await queue.send(again, Math.min(MAX_DELAY_SECONDS, lookAgainInSeconds * 2 ** looks));
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
 * One message waits for all of its request: the fetch it leads to begins after all of them were received. That is written
 * down before it is sent, because the others are gone for good once it is.
 */
async function sendAgain(
  { pending, queue, clock }: Fetcher,
  { subject, newest, staleSince, priority }: RefreshRequest,
  delaySeconds: number,
  change: { scheduledAt?: number; attempts?: number },
): Promise<void> {
  const { message } = newest;
  const scheduledAt = change.scheduledAt ?? clock.now() + delaySeconds * 1000;
  await pending.schedule(subject, { me: message.correlationId, scheduledAt, staleSince, priority });
  await queue.send({ ...message, ...change, scheduledAt }, delaySeconds);
}

const anew = ({ scheduledAt: _, ...message }: QueueMessage['message'], receivedAt: number) => ({
  ...message,
  receivedAt,
});
