import { fieldsOf, type Resource, type Subject } from '../domain/resource.ts';
import { PlatformError } from '../http/errors.ts';
import { prepaid } from '../platforms/admission.ts';
import type { Gate } from '../rate-limit/gate.ts';
import { MAX_DELAY_SECONDS, type Message } from '../runtime/queue.ts';
import type { QueueMessage } from './batch.ts';
import { nextStep, oneMore, type Tries } from './failure-policy.ts';
import type { About, Fetchable, Find } from './fetchable.ts';
import { findCustomer, findProduct } from './fetched-mirror.ts';
import { findOrder } from './fetched-order.ts';
import { findNeed, type RefreshRequest } from './refresh-request.ts';
import type { StoreContext } from './store-context.ts';
import { sendToWait } from './waiting.ts';

/** What fetches the orders, products and customers of one store. */
export interface Fetcher extends StoreContext {
  gate: Gate;
  /** In [0, 1). */
  random: () => number;
}

/** After the circuit opened, the message comes back this soon, to wait with the others (s). */
const AFTER_TRIP_SECONDS = 60;

const FIND: Readonly<Record<Resource, Find>> = {
  order: findOrder,
  product: findProduct,
  customer: findCustomer,
};

/** One order or product that still has to be fetched for its messages; undefined when it was fetched since. */
export const needOf = (fetcher: Fetcher, request: RefreshRequest): Promise<Fetchable | undefined> => {
  const find = ({ resource, id }: Subject) => FIND[resource](fetcher, id);
  return findNeed({ ...fetcher, find }, request);
};

/** Whether the newest message of a request was sent again, or is done with. */
export type Outcome = 'sent-again' | 'done';

/** Fetches one thing and writes it; what the platform's failure asks for is done here, our own failures are thrown. */
export async function fetchAndUpsert(fetcher: Fetcher, request: RefreshRequest): Promise<Outcome> {
  const { clock, metrics, queue, platform, connection } = fetcher;
  const needed = await needOf(fetcher, request);
  if (needed === undefined) {
    metrics.add('FetchCoalesced', platform.name, 1);
    return 'done';
  }
  const { subject, origin } = request;
  const { message } = request.newest;
  const { correlationId } = message;
  const observedAt = clock.now();
  const receivedAt = Math.min(...request.messages.map((one) => one.message.receivedAt));
  // What is fetched in bulk may wait for hours and is not late.
  if (request.priority === 'urgent')
    metrics.add('MessageAgeSeconds', platform.name, Math.max(0, observedAt - receivedAt) / 1000);
  const about: About = { id: subject.id, observedAt, receivedAt, origin, correlationId };
  try {
    const api = connection.api({ correlationId, admit: prepaid(platform.name, connection.bucket) });
    const write = await needed.ask(api);
    await connection.succeeded();
    let again = false;
    const { incomplete } = await write(about, async (inSeconds) => {
      await queue.send(anew(message, clock.now()), inSeconds);
      again = true;
    });
    if (again) return 'sent-again';
    if (incomplete !== undefined) await lookForTheRest(fetcher, request, incomplete);
    return 'done';
  } catch (error) {
    const tries = triesOf(request);
    if (error instanceof PlatformError && (await needed.recordFailure?.(about, error, tries))) return 'done';
    const next = nextStep(error, tries, fetcher.random);
    if (next.step === 'fail') throw error;
    if (next.step === 'needs-review') {
      await needed.showProblem(about, next, request.newest.bytes);
      return 'done';
    }
    if (next.step === 'again') {
      const { delaySeconds } = next;
      await sendToWait(fetcher, [{ request, delaySeconds, tries: oneMore(tries, error) }]);
      metrics.add('MessageRetried', platform.name, 1);
      return 'sent-again';
    }
    await connection.failed(error, correlationId);
    await sendToWait(fetcher, [{ request, delaySeconds: AFTER_TRIP_SECONDS }]);
    metrics.add('MessageWaited', platform.name, 1);
    return 'sent-again';
  }
}

/** Of the message that was tried most often. */
function triesOf({ messages }: RefreshRequest): Tries {
  const most = (count: (one: Tries) => number | undefined): number =>
    Math.max(...messages.map(({ message }) => count(message) ?? 0));
  return {
    attempts: most(({ attempts }) => attempts),
    notFound: most(({ notFound }) => notFound),
    throttled: most(({ throttled }) => throttled),
  };
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

const anew = ({ scheduledAt: _, ...message }: QueueMessage['message'], receivedAt: number) => ({
  ...message,
  receivedAt,
});
